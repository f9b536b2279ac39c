import gc
import runpy

from tests.house.sources import ROOT


def test_what_was_made_at_the_start_is_left_alone():
    before = gc.get_threshold()
    try:
        runpy.run_path(str(ROOT / "gunicorn.conf.py"))["post_worker_init"](None)
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
