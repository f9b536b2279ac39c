"""What was bought and what came back, as tills told it. No points are decided here."""

from loyalty.sales.facts import Line, Purchase, Receipt, Return, Returned, ReturnedLine
from loyalty.sales.models import Sale, SaleReturn
from loyalty.sales.store import SaleKept, keep_return, keep_sale, sale

__all__ = [
    "Line",
    "Purchase",
    "Receipt",
    "Return",
    "Returned",
    "ReturnedLine",
    "Sale",
    "SaleKept",
    "SaleReturn",
    "keep_return",
    "keep_sale",
    "sale",
]
