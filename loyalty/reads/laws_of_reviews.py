"""What must hold between reviews and the sales they let through."""

from sqlalchemy import and_, or_, select

from loyalty.law import Law, none_of
from loyalty.reviews import Review
from loyalty.sales import Sale

_SAME_SALE = and_(Sale.member_id == Review.member_id, Sale.op_id == Review.op_id)
_SAME_RECEIPT = and_(
    Sale.store == Review.store,
    Sale.business_date == Review.business_date,
    Sale.terminal == Review.terminal,
    Sale.receipt == Review.receipt,
)
_ASTRAY = or_(Sale.op_id.is_(None), ~_SAME_RECEIPT, Sale.amount_minor != Review.amount_minor)

HELD = Law(
    "reviews",
    "a sale held for review is booked when it is released, as it was held, and only then",
    (Review, Sale),
    (
        none_of(
            Review,
            select(Review.review_id, Review.op_id)
            .outerjoin(Sale, _SAME_SALE)
            .where(Review.state == "released", _ASTRAY),
            "released as operation {op_id}, which booked no such sale",
        ),
        none_of(
            Review,
            select(Review.review_id, Review.state, Sale.op_id)
            .join(Sale, _SAME_RECEIPT)
            .where(Review.state != "released"),
            "{state}, and booked by operation {op_id}",
        ),
    ),
)
