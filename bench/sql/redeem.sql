-- Points are spent in one statement: the lots are read first, and the account is changed only if it is still as it was
-- then. Whoever waited for its row finds another version or another sum, and nothing is written: the lots that were
-- read are those of the account that pays. It would be asked again, after the lock in a statement of its own.
-- The answer that is kept is one of many that the engine packed.
\set n random(1, :members)
\set points random(1, 10)
\set turn random(0, 2097151)
WITH lots AS MATERIALIZED (
    SELECT expires_on, kind, remaining, CAST(sum(remaining) OVER soonest AS bigint) AS upto, row_number() OVER soonest AS place
    FROM lot WHERE member_id = :first + CAST(:n AS bigint) AND unit = 'reward' AND remaining > 0
    WINDOW soonest AS (ORDER BY expires_on, kind)
), paid AS (
    UPDATE account
    SET available = account.available - points, version = account.version + drawn,
        due_at = (next_on + 1) AT TIME ZONE :zone
    FROM account seen, (
        SELECT CAST(:points AS bigint) AS points, now() AS at,
            (CAST(floor(extract(epoch FROM now()) * 1000) AS bigint) << 21) + CAST(:turn AS bigint) AS op_id,
            count(*) FILTER (WHERE upto - remaining < CAST(:points AS bigint)) AS drawn,
            min(expires_on) FILTER (WHERE upto > CAST(:points AS bigint)) AS next_on
        FROM lots
    ) fact
    WHERE account.member_id = :first + CAST(:n AS bigint) AND account.unit = 'reward' AND account.due_at > at
        AND account.available >= points AND account.version = seen.version AND account.available = seen.available
        AND seen.member_id = :first + CAST(:n AS bigint) AND seen.unit = 'reward'
    RETURNING account.member_id, account.unit, account.available + account.held AS balance, seen.version, drawn,
        points, at, op_id
), drawn AS MATERIALIZED (
    SELECT paid.*, expires_on, lots.kind, remaining, place, least(remaining, points - upto + remaining) AS taken,
        least(upto, points) AS so_far
    FROM paid, lots WHERE upto - remaining < points
), claimed AS (
    INSERT INTO claim (scope, key, request_hash, member_id, op_id, outcome, taken_at)
    SELECT 'redemption@T1', format('["red-%s-%s"]', member_id, op_id), repeat('0', 64), member_id, op_id,
        'Q461otSU1NwCkJmQeDMqK6lMLss1AALjLF1ji2TzJONcg4wUs4pEJXBKTC1KBYcPSKeusbGBhaWZsZmBgbkliDQwMEQVQ4oEc8KBa2RkRl7wEtZIegDX1gIA',
        at
    FROM paid
), lowered AS (
    MERGE INTO lot USING drawn ON lot.member_id = drawn.member_id AND lot.unit = drawn.unit
        AND lot.expires_on = drawn.expires_on AND lot.kind = drawn.kind
    WHEN MATCHED AND drawn.remaining = taken THEN DELETE
    WHEN MATCHED THEN UPDATE SET remaining = lot.remaining - taken
), booked AS (
    INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)
    SELECT member_id, op_id, 'redeem', 1, at, at FROM paid
), named AS (
    INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
    SELECT member_id, op_id, unit, points, 0, 0, 0, version + 1, version + drawn FROM paid
)
INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, happened_at, booked_at)
SELECT member_id, unit, version + place, op_id, expires_on, kind, -taken, 'redeemed', balance + points - so_far, at, at
FROM drawn
RETURNING balance_after;
