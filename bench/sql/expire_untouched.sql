-- What the night could be: lots are dead by their date and stay as they are; the rest is written for all at once.
WITH dying AS MATERIALIZED (
    SELECT member_id, expires_on, lot.kind, remaining, version, available + account.held - debt AS balance,
        row_number() OVER mine AS place, sum(remaining) OVER mine AS so_far,
        (CAST(floor(extract(epoch FROM CAST(%(at)s AS timestamptz)) * 1000) AS bigint) << 21) + row_number() OVER mine AS op_id
    FROM lot JOIN account USING (member_id, unit)
    WHERE unit = 'reward' AND expires_on < %(day)s
    WINDOW mine AS (PARTITION BY member_id ORDER BY expires_on, lot.kind)
), lowered AS (
    UPDATE account SET available = available - gone, version = version + lots, due_at = NULL
    FROM (SELECT member_id, sum(remaining) AS gone, count(*) AS lots FROM dying GROUP BY member_id) mine
    WHERE account.member_id = mine.member_id AND unit = 'reward'
), booked AS (
    INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)
    SELECT member_id, op_id, 'expire', 1, %(at)s, %(at)s FROM dying
), named AS (
    INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
    SELECT member_id, op_id, 'reward', remaining, 0, 0, 0, version + place, version + place FROM dying
)
INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, happened_at, booked_at)
SELECT member_id, 'reward', version + place, op_id, expires_on, kind, -remaining, 'expired', balance - so_far, %(at)s, %(at)s
FROM dying
