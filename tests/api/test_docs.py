import re
import shutil
import subprocess
from threading import Thread

import pytest
from werkzeug.serving import make_server

from tests.databases import STRICT

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert page.content_type.startswith("text/html")
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(source.startswith(("/docs/", "/openapi.json", "data:,")) for source in sources)
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page.text) == []


def test_the_page_stands_under_the_strict_policy(client):
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


def test_everything_the_page_names_is_served(client):
    for source in re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/docs").text):
        with client.get(source) as answer:
            assert answer.status_code == 200, source


def test_an_error_of_the_page_is_a_problem(client):
    missing = client.get("/docs/assets/nonsense.js")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


def test_a_browser_shows_the_operations_without_a_word_of_complaint(app, tmp_path):
    if CHROMIUM is None:
        assert not STRICT, "no browser"
        pytest.skip("NO BROWSER: /docs was not looked at")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        seen = subprocess.run(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--enable-logging=stderr",
                f"--user-data-dir={tmp_path}",
                "--virtual-time-budget=10000",
                "--dump-dom",
                f"http://127.0.0.1:{server.port}/docs",
            ],
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        )
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    assert 'class="opblock opblock-post"' in seen.stdout
    assert "/lookup" in seen.stdout
    complaints = [line for line in seen.stderr.splitlines() if "CONSOLE" in line or "Security" in line]
    assert complaints == []
