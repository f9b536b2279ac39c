"""Every proof, in the order of the table."""

from tests.proofs.corruptions import CORRUPTIONS
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (CORRUPTIONS,)
