"""Every proof, in the order of the table."""

from tests.proofs.machine import MODEL
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (MODEL,)
