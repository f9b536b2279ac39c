"""Every proof, in the order of the table."""

from tests.proofs import batches, clock, night, years
from tests.proofs.proof import Proof

PROOFS: tuple[Proof, ...] = (batches.PROOF, night.PROOF, clock.PROOF, years.SIXTY_DAYS, years.FIVE_YEARS)
