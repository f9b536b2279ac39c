-- The same sale for SQLite, statement by statement in one transaction: of the first two each must change a row.
INSERT INTO claim (scope, key, request_hash, member_id, op_id, outcome, taken_at)
VALUES ('purchase', :receipt, :hash, :member_id, :op_id, :outcome, :at)
ON CONFLICT DO NOTHING;

UPDATE account SET available = available + :points, version = version + 1,
    due_at = min(coalesce(due_at, :dead_at), :dead_at)
WHERE member_id = :member_id AND unit = 'reward' AND debt = 0 AND (due_at IS NULL OR due_at > :at);

INSERT INTO lot (member_id, unit, expires_on, kind, remaining, held)
VALUES (:member_id, 'reward', :last_day, 'base', :points, 0)
ON CONFLICT (member_id, unit, expires_on, kind) DO UPDATE SET remaining = remaining + excluded.remaining;

INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)
VALUES (:member_id, :op_id, 'earn', 1, :at, :at);

INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)
SELECT member_id, :op_id, unit, :points, 0, 0, 0, version, version
FROM account WHERE member_id = :member_id AND unit = 'reward';

INSERT INTO tally (member_id, unit, day, earned)
VALUES (:member_id, 'reward', :day, :points)
ON CONFLICT (member_id, unit, day) DO UPDATE SET earned = earned + excluded.earned;

INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after, counts_on,
    happened_at, booked_at)
SELECT member_id, unit, version, :op_id, :last_day, 'base', :points, 'issued', available + held, :day, :at, :at
FROM account WHERE member_id = :member_id AND unit = 'reward';
