-- A sale of one unit in one statement: what follows the account stands on the row that it gives, so that an account
-- that owes or has something due changes nothing; a claim that is taken undoes all of it.
-- The answer that is kept is one of many that the engine packed.
\set n random(1, :members)
\set points random(1, 50)
\set turn random(0, 2097151)
WITH paid AS (
    UPDATE account
    SET available = available + points, version = version + 1, due_at = least(due_at, dead_on AT TIME ZONE :zone)
    FROM (
        SELECT at, CAST(:points AS bigint) AS points, CAST(at AT TIME ZONE :zone AS date) AS day,
            (CAST(floor(extract(epoch FROM at) * 1000) AS bigint) << 21) + CAST(:turn AS bigint) AS op_id,
            CAST(date_trunc('month', at AT TIME ZONE :zone) + interval '25 months' AS date) AS dead_on
        FROM clock_timestamp() at
    ) fact
    WHERE account.member_id = :first + CAST(:n AS bigint) AND unit = 'reward' AND debt = 0
        AND (due_at IS NULL OR due_at > at)
    RETURNING member_id, unit, version, available + held AS balance, at, points, op_id, day, dead_on - 1 AS expires_on
), claimed AS (
    INSERT INTO claim (scope, key, request_hash, member_id, op_id, outcome, taken_at)
    SELECT 'purchase', format('["S1","T1","%s","%s-%s"]', day, member_id, op_id), repeat('0', 64), member_id, op_id,
        'wx1rRmUllclluQZAYJyla2yRbJ5knGuQkWJWkYg3Qo1MEP42MsEepQRjCaQRp2qMBABUTbVINTIyIy9aCWuka8QCAA==', at
    FROM paid
), filled AS (
    INSERT INTO lot (member_id, unit, expires_on, kind, remaining, held)
    SELECT member_id, unit, expires_on, 'base', points, 0 FROM paid
    ON CONFLICT (member_id, unit, expires_on, kind) DO UPDATE SET remaining = lot.remaining + excluded.remaining
), booked AS (
    INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)
    SELECT member_id, op_id, 'earn', 1, at, at FROM paid
), named AS (
    INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
    SELECT member_id, op_id, unit, points, 0, 0, 0, version, version FROM paid
), counted AS (
    INSERT INTO tally (member_id, unit, day, earned)
    SELECT member_id, unit, day, points FROM paid
    ON CONFLICT (member_id, unit, day) DO UPDATE SET earned = tally.earned + excluded.earned
)
INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, counts_on,
    happened_at, booked_at)
SELECT member_id, unit, version, op_id, expires_on, 'base', points, 'issued', balance, day, at, at FROM paid
RETURNING balance_after;
