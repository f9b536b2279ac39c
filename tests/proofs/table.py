"""Every proof, in the order of the table in docs/proofs.md."""

from tests.proofs import batches, clock, long_tests, night, years
from tests.proofs.backup import BACKUP
from tests.proofs.bugs import PLANTED_BUGS
from tests.proofs.control import CONTROL
from tests.proofs.control_of_benefits import CONTROL_OF_BENEFITS
from tests.proofs.corruptions import CORRUPTIONS
from tests.proofs.cut import CUT
from tests.proofs.disk_full import DISK_FULL
from tests.proofs.fuzz import FUZZ
from tests.proofs.kill import KILL
from tests.proofs.last_points import LAST_POINTS
from tests.proofs.leaving import LEAVING
from tests.proofs.machine import MODEL
from tests.proofs.migrations import MIGRATIONS_WALKED
from tests.proofs.pairs import PAIRS_AT_ONCE
from tests.proofs.proof import Proof
from tests.proofs.races_of_benefits import LAST_BENEFITS
from tests.proofs.statement_faults import STATEMENT_FAULTS
from tests.proofs.storm import STORM
from tests.proofs.trail import TRAIL
from tests.proofs.trespass import CONTROL_OF_POWERS, TRESPASS

PROOFS: tuple[Proof, ...] = (
    MODEL,
    LAST_POINTS,
    LAST_BENEFITS,
    CONTROL,
    CONTROL_OF_BENEFITS,
    PAIRS_AT_ONCE,
    STORM,
    KILL,
    CUT,
    STATEMENT_FAULTS,
    DISK_FULL,
    batches.PROOF,
    night.PROOF,
    clock.PROOF,
    years.SIXTY_DAYS,
    years.YEARS,
    FUZZ,
    BACKUP,
    MIGRATIONS_WALKED,
    TRESPASS,
    CONTROL_OF_POWERS,
    TRAIL,
    LEAVING,
    CORRUPTIONS,
    PLANTED_BUGS,
    *long_tests.PROOFS,
)
