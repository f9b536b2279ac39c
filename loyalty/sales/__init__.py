"""What was bought and what came back, as tills told it. No points are decided here."""

from loyalty.sales.facts import (
    BY_POINTS,
    Basket,
    Line,
    Purchase,
    Receipt,
    Refund,
    Return,
    Returned,
    ReturnedLine,
    Tender,
    check_paid,
    content,
)
from loyalty.sales.models import Sale, SaleReturn
from loyalty.sales.quotes import Quote, opened, seal
from loyalty.sales.store import (
    SaleKept,
    cancel,
    forget_person,
    keep_return,
    keep_sale,
    line_cells,
    sale,
    undone,
)

__all__ = [
    "BY_POINTS",
    "Basket",
    "Line",
    "Purchase",
    "Quote",
    "Receipt",
    "Refund",
    "Return",
    "Returned",
    "ReturnedLine",
    "Sale",
    "SaleKept",
    "SaleReturn",
    "Tender",
    "cancel",
    "check_paid",
    "content",
    "forget_person",
    "keep_return",
    "keep_sale",
    "line_cells",
    "opened",
    "sale",
    "seal",
    "undone",
]
