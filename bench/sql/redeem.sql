-- Points are spent: the claim, the lock in a statement of its own, then lots read and everything written.
\set n random(1, :members)
\set points random(1, 10)
\set turn random(0, 2097151)
BEGIN;
INSERT INTO claim (scope, key, request_hash, taken_at)
VALUES ('redemption@T1', format('["red-%s-%s-%s"]', CAST(:n AS bigint), CAST(:turn AS bigint), now()), repeat('0', 64), now())
ON CONFLICT DO NOTHING;
SELECT available FROM account WHERE member_id = :first + CAST(:n AS bigint) AND unit = 'reward' FOR UPDATE;
WITH fact AS MATERIALIZED (
    SELECT member_id, version, available + held AS balance, CAST(:points AS bigint) AS points, at,
        (CAST(floor(extract(epoch FROM at) * 1000) AS bigint) << 21) + CAST(:turn AS bigint) AS op_id
    FROM account, clock_timestamp() at
    WHERE member_id = :first + CAST(:n AS bigint) AND unit = 'reward'
        AND available >= CAST(:points AS bigint) AND due_at > at
), lots AS (
    SELECT expires_on, kind, remaining, sum(remaining) OVER soonest - remaining AS before,
        row_number() OVER soonest AS place
    FROM lot JOIN fact USING (member_id) WHERE unit = 'reward' AND remaining > 0
    WINDOW soonest AS (ORDER BY expires_on, kind)
), drawn AS MATERIALIZED (
    SELECT expires_on, kind, place, least(remaining, points - before) AS points, least(before + remaining, points) AS sofar,
        remaining + before <= points AS emptied
    FROM lots, fact WHERE before < points
), emptied AS (
    DELETE FROM lot USING fact, drawn
    WHERE lot.member_id = fact.member_id AND unit = 'reward' AND lot.expires_on = drawn.expires_on
        AND lot.kind = drawn.kind AND emptied
), lowered AS (
    UPDATE lot SET remaining = remaining - drawn.points FROM fact, drawn
    WHERE lot.member_id = fact.member_id AND unit = 'reward' AND lot.expires_on = drawn.expires_on
        AND lot.kind = drawn.kind AND NOT emptied
), paid AS (
    UPDATE account SET available = available - fact.points, version = account.version + (SELECT count(*) FROM drawn),
        due_at = (SELECT (min(expires_on) + 1) AT TIME ZONE :zone FROM lots WHERE before + remaining > fact.points)
    FROM fact WHERE account.member_id = fact.member_id AND unit = 'reward'
), bound AS (
    UPDATE claim SET member_id = fact.member_id, op_id = fact.op_id,
        outcome = jsonb_build_object('answer', jsonb_build_object('points', points, 'balance', balance - points))
    FROM fact WHERE scope = 'redemption@T1' AND key = format('["red-%s-%s-%s"]', CAST(:n AS bigint), CAST(:turn AS bigint), now())
), booked AS (
    INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)
    SELECT member_id, op_id, 'redeem', 1, at, at FROM fact
), named AS (
    INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
    SELECT member_id, op_id, 'reward', points, 0, 0, 0, version + 1, version + (SELECT count(*) FROM drawn) FROM fact
)
INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, happened_at, booked_at)
SELECT member_id, 'reward', version + place, op_id, expires_on, kind, -drawn.points, 'redeemed', balance - sofar, at, at
FROM fact, drawn
RETURNING balance_after;
END;
