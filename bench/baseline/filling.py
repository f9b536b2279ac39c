"""The baseline's tables, with the members, cards, points and history of the club beside them."""

from sqlalchemy import create_engine, make_url, text

from bench.baseline.app import digest
from bench.baseline.models import Base

KEY = "base0001.a-key-of-the-baseline"
READ = frozenset({"standing", "card", "account", "lot", "tally", "sale", "entry"})  #: of the club
#: How many accounts that booked something since an instant hold otherwise than their last entry says.
UNSOUND = """
SELECT count(*) FROM base_account a JOIN (
    SELECT DISTINCT ON (account_id) account_id, balance_after
    FROM base_entry WHERE booked_at >= %s ORDER BY account_id, id DESC
) last ON last.account_id = a.id
WHERE a.balance <> last.balance_after
"""
# An entry whose lot was emptied hangs on the account's first lot: the baseline keeps its lots.
_COPIES = """
INSERT INTO base_member (id, tier, tier_since)
SELECT member_id, coalesce(tier, 'standard'), now() FROM standing;

INSERT INTO base_card (number, member_id)
SELECT number, member_id FROM card WHERE ended_at IS NULL;

INSERT INTO base_account (member_id, unit, balance)
SELECT member_id, unit, available FROM account;

INSERT INTO base_lot (account_id, expires_on, remaining)
SELECT a.id, l.expires_on, sum(l.remaining)
FROM lot l JOIN base_account a USING (member_id, unit) GROUP BY 1, 2;

INSERT INTO base_tally (account_id, day, earned)
SELECT a.id, t.day, t.earned FROM tally t JOIN base_account a USING (member_id, unit) WHERE unit = 'status';

INSERT INTO base_purchase
  (member_id, store, terminal, business_date, receipt, sold_at, currency, amount_minor, lines, award)
SELECT member_id, store, terminal, business_date, receipt, sold_at, currency, amount_minor, lines, award
FROM sale;

INSERT INTO base_entry (account_id, lot_id, points, balance_after, booked_at)
SELECT a.id, l.id, e.points, e.balance_after, e.booked_at
FROM entry e JOIN base_account a USING (member_id, unit)
JOIN (SELECT account_id, min(id) AS id FROM base_lot GROUP BY 1) l ON l.account_id = a.id;
"""


def fill(database_url: str) -> None:
    """Make the baseline's tables anew beside those of the club, from what these hold now."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
        for copy in _COPIES.split(";")[:-1]:
            connection.execute(text(copy))
        connection.execute(
            text("INSERT INTO base_api_key (prefix, digest, client) VALUES (:prefix, :digest, 'till')"),
            {"prefix": KEY.partition(".")[0], "digest": digest(KEY)},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in Base.metadata.tables:
            connection.execute(text(f"VACUUM (ANALYZE) {table}"))
    engine.dispose()
