"""Every proof, in the order of the table."""

from tests.proofs.control import CONTROL
from tests.proofs.last_points import LAST_POINTS
from tests.proofs.pairs import PAIRS_AT_ONCE
from tests.proofs.proof import Proof
from tests.proofs.storm import STORM

PROOFS: tuple[Proof, ...] = (LAST_POINTS, CONTROL, PAIRS_AT_ONCE, STORM)
