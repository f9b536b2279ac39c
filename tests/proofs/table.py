"""Every proof, in the order of the table."""

from tests.proofs.cut import CUT
from tests.proofs.kill import KILL
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (KILL, CUT)
