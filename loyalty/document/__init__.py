"""Documents from TOML or JSON, read section by section with every fault told. Pure."""

from loyalty.document.reader import Fault, Faults, Section
from loyalty.document.values import instant

__all__ = ["Fault", "Faults", "Section", "instant"]
