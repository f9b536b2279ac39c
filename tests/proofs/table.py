"""Every proof, in the order of the table."""

from tests.proofs import long_tests
from tests.proofs.backup import BACKUP
from tests.proofs.migrations import MIGRATIONS_WALKED
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (BACKUP, MIGRATIONS_WALKED, *long_tests.PROOFS)
