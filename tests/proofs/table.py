"""Every proof, in the order of the table."""

from tests.proofs import long_tests
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (*long_tests.PROOFS,)
