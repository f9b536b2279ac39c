"""Every proof, in the order of the table."""

from tests.proofs.bugs import PLANTED_BUGS
from tests.proofs.fuzz import FUZZ
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (FUZZ, PLANTED_BUGS)
