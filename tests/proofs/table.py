"""Every proof, in the order of the table."""

from tests.proofs import batches, clock, night
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (batches.PROOF, night.PROOF, clock.PROOF)
