"""Every proof, in the order of the table."""

from tests.proofs.backup import BACKUP
from tests.proofs.cut import CUT
from tests.proofs.kill import KILL
from tests.proofs.proof import Proof
from tests.proofs.statement_faults import STATEMENT_FAULTS

PROOFS: tuple[Proof, ...] = (KILL, CUT, STATEMENT_FAULTS, BACKUP)
