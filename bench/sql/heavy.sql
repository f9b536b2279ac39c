-- One member's long history: points one at a time, since their last purchase, on the lots of these months.
WITH fact AS (
    SELECT a.member_id, a.version, a.available, last.at AS since, CAST(%(now)s AS timestamptz) - last.at AS span
    FROM account a, (SELECT max(happened_at) AS at FROM operation WHERE member_id = %(member)s) last
    WHERE a.member_id = %(member)s AND a.unit = 'reward'
), given AS MATERIALIZED (
    SELECT member_id, n, version + n AS seq, available + n AS balance, at,
        (CAST(floor(extract(epoch FROM at) * 1000) AS bigint) << 21) + n AS op_id,
        CAST(at AT TIME ZONE %(zone)s AS date) AS day,
        CAST(date_trunc('month', at AT TIME ZONE %(zone)s) + interval '25 months' AS date) - 1 AS expires_on
    FROM fact, generate_series(1, %(entries)s) n, LATERAL (SELECT since + span * n / %(entries)s AS at) instant
), paid AS (
    UPDATE account SET available = available + %(entries)s, version = version + %(entries)s
    WHERE member_id = %(member)s AND unit = 'reward'
), filled AS (
    INSERT INTO lot (member_id, unit, expires_on, kind, remaining, held)
    SELECT member_id, 'reward', expires_on, 'base', count(*), 0 FROM given GROUP BY member_id, expires_on
    ON CONFLICT (member_id, unit, expires_on, kind) DO UPDATE SET remaining = lot.remaining + excluded.remaining
), booked AS (
    INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at, reasons)
    SELECT member_id, op_id, 'earn', 1, at, at, '{"on": "activity", "because": [["bench", "reward", 1]]}' FROM given
), named AS (
    INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
    SELECT member_id, op_id, 'reward', 1, 0, 0, 0, seq, seq FROM given
), counted AS (
    INSERT INTO tally (member_id, unit, day, earned)
    SELECT member_id, 'reward', day, count(*) FROM given GROUP BY member_id, day
    ON CONFLICT (member_id, unit, day) DO UPDATE SET earned = tally.earned + excluded.earned
)
INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, counts_on,
    happened_at, booked_at)
SELECT member_id, 'reward', seq, op_id, expires_on, 'base', 1, 'issued', balance, day, at, at FROM given
