"""Refusals about sales and goods that come back."""

from loyalty.errors.refusal import Refusal


class TooMuchReturned(Refusal):
    """More is returned than was bought, on a line or in all (P10)."""

    code = "return_exceeds_purchase"
    judged = True


class LineUnknown(Refusal):
    """The purchase has no such line."""

    code = "line_unknown"
    judged = True


class SoldInFuture(Refusal):
    """The sale is stamped more than ten minutes ahead of our clock."""

    code = "sold_in_future"


class CurrencyForeign(Refusal):
    """The club keeps another currency."""

    code = "currency_foreign"


class ReceiptCancelled(Refusal):
    """The sale of this receipt was cancelled before it was told (P18)."""

    code = "receipt_cancelled"


class QuoteUnknown(Refusal):
    """We never gave this quote."""

    code = "quote_unknown"


class TendersUneven(Refusal):
    """Lines and rounding do not come to what the tenders pay."""

    code = "tenders_uneven"


class PointsTenderWrong(Refusal):
    """The amount is not what these points are worth, or the unit pays no goods (P17)."""

    code = "points_tender_wrong"
    judged = True


class PointsShareExceeded(Refusal):
    """More of the sale is paid with points than the club allows (P17)."""

    code = "points_share_exceeded"
    judged = True


class ExchangeNegative(Refusal):
    """More comes back than is bought: that is a return."""

    code = "exchange_negative"


class ReceiptNeeded(Refusal):
    """The club takes nothing back without a receipt (P7)."""

    code = "receipt_needed"


class ReturnLimit(Refusal):
    """More than a member may bring back in a day without a receipt (P7)."""

    code = "return_limit"
    judged = True


class ReviewClosed(Refusal):
    """The sale under review was released or rejected before."""

    code = "review_closed"
