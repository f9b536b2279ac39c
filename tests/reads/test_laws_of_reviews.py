import pytest
from sqlalchemy import text

from loyalty.db import carry_out


@pytest.fixture
def books(make, app):
    """A held sale, a released one, a booked one."""
    make.club(limits={"earn": {"transaction": 100}})
    ana = make.shopper()
    ana.buy("50.00")
    ana.buy("101.00", expect=202)
    held = ana.buy("102.00", expect=202)
    ana.tell(f"/reviews/{held['review_id']}/release", None, 200, "k")
    make.run("ledger", "verify")
    return app


@pytest.mark.parametrize(
    "change",
    [
        "state = 'open', closed_at = NULL, closed_by = NULL, op_id = NULL WHERE state = 'released'",
        "op_id = op_id + 1 WHERE state = 'released'",
        "receipt = 'another' WHERE state = 'released'",
        "amount_minor = amount_minor - 1 WHERE state = 'released'",
        "receipt = (SELECT receipt FROM sale WHERE amount_minor = 5000) WHERE state = 'open'",
    ],
)
def test_a_held_sale_is_booked_when_it_is_released_and_only_then(make, books, change):
    with books.app_context():
        carry_out(lambda session: session.execute(text(f"UPDATE review SET {change}")))
    told = make.run("ledger", "verify", exit_code=1).stdout
    assert "law reviews is broken at review review_id=" in told
