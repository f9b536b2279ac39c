import pytest
from sqlalchemy import text

from loyalty.db import carry_out
from tests.documents import GONE

WORTH = {"points": 100, "money": "1.00"}
TENDERS = [{"kind": "points", "points": 500, "amount": "5.00"}, {"kind": "cash", "amount": "15.05"}]


@pytest.mark.parametrize(
    ("column", "value", "detail"),
    [
        pytest.param(
            "tenders", "replace(tenders, '1505', '1506')", "paid: 2005 is stored, 2006 is", id="tender"
        ),
        pytest.param("rounding_minor", "4", "paid: 2004 is stored, 2005 is counted", id="rounding"),
        pytest.param(
            "tenders", "replace(tenders, '500, \"reward\"', '500, \"status\"')", "paid with 500", id="unit"
        ),
        pytest.param(
            "tenders", "replace(tenders, 'reward\", 500', 'reward\", 400')", "paid with 400", id="points"
        ),
    ],
)
def test_the_law_of_tenders_is_broken_on_purpose(app, make, column, value, detail):
    make.club(**{"rule[1]": GONE, "unit.reward.worth": WORTH})
    ana = make.shopper()
    ana.adjust(1000)
    ana.buy("20.00", tenders=TENDERS, rounding="0.05")
    assert "law tenders ok" in make.run("ledger", "verify").stdout
    with app.app_context():
        postgresql = app.extensions["migrate"].db.engine.dialect.name == "postgresql"
        changed = value.replace("tenders,", "CAST(tenders AS TEXT),") if postgresql else value
        changed = f"CAST({changed} AS JSONB)" if postgresql and column == "tenders" else changed
        carry_out(lambda session: session.execute(text(f"UPDATE sale SET {column} = {changed}")))
    assert detail in make.run("ledger", "verify", exit_code=1).stdout
