"""Bar 14: the service on a SQLite file, beside the driver alone."""

import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, insert, select

from bench import data
from bench.bars import Pair, bar
from bench.bars.http import earned
from bench.bars.statements import ZONE
from bench.books import engine_of
from bench.scene import Scene
from loyalty.calendar import add_months
from loyalty.clock import SystemClock
from loyalty.tables import Base

MEMBERS = 10_000  #: of the scene, at most: as many as a shop with a file may have
_ROWS = 1_000  #: copied at a time
_DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_STATEMENTS = {
    "claim": "INSERT INTO claim (scope, key, request_hash, member_id, op_id, outcome, taken_at)"
    " VALUES ('purchase', :receipt, :hash, :member_id, :op_id, :outcome, :at) ON CONFLICT DO NOTHING",
    "account": "UPDATE account SET available = available + :points, version = version + 1"
    " WHERE member_id = :member_id AND unit = 'reward' AND debt = 0 AND (due_at IS NULL OR due_at > :at)"
    " RETURNING version, available + held",
    "lot": "INSERT INTO lot (member_id, unit, expires_on, kind, remaining, held)"
    " VALUES (:member_id, 'reward', :last_day, 'base', :points, 0)"
    " ON CONFLICT DO UPDATE SET remaining = remaining + excluded.remaining",
    "operation": "INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)"
    " VALUES (:member_id, :op_id, 'earn', 1, :at, :at)",
    "part": "INSERT INTO operation_part (member_id, op_id, unit, points, undone, withdrawn, shortfall, seq_from, seq_to)"
    " VALUES (:member_id, :op_id, 'reward', :points, 0, 0, 0, :seq, :seq)",
    "tally": "INSERT INTO tally (member_id, unit, day, earned) VALUES (:member_id, 'reward', :day, :points)"
    " ON CONFLICT DO UPDATE SET earned = earned + excluded.earned",
    "entry": "INSERT INTO entry (member_id, unit, seq, op_id, expires_on, kind, points, contra, balance_after,"
    " counts_on, happened_at, booked_at)"
    " VALUES (:member_id, 'reward', :seq, :op_id, :last_day, 'base', :points, 'issued', :balance, :day, :at, :at)",
}
