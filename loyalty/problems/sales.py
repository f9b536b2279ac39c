"""How refusals are told: about sales and goods that come back."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

SALES: dict[type[Refusal], Problem] = {
    errors.TooMuchReturned: Problem(
        422, "More than was bought", "退货超出购买", "More than was bought.", "call_manager"
    ),
    errors.LineUnknown: Problem(
        422,
        "The purchase has no such line",
        "小票无此商品行",
        "The receipt has no such line.",
        "call_manager",
    ),
    errors.SoldInFuture: Problem(
        422, "Sold in the future", "销售时间晚于当前时间", "The till's clock is ahead.", "call_manager"
    ),
    errors.CurrencyForeign: Problem(
        422, "Another currency", "币种不符", "The club keeps another currency.", "sell_without"
    ),
    errors.ReceiptCancelled: Problem(
        422, "The receipt was cancelled", "小票已作废", "The receipt was cancelled.", "call_manager"
    ),
    errors.QuoteUnknown: Problem(
        422, "We never gave this quote", "报价无效", "The quote is not known.", "call_manager"
    ),
    errors.TendersUneven: Problem(
        422, "Tenders do not add up", "付款合计有误", "The payment does not add up.", "call_manager"
    ),
    errors.PointsTenderWrong: Problem(
        422,
        "The points are worth another amount",
        "积分抵现金额有误",
        "The points are worth another amount.",
        "call_manager",
    ),
    errors.PointsShareExceeded: Problem(
        422,
        "Too much is paid with points",
        "积分抵扣超出上限",
        "Too much is paid with points.",
        "sell_without",
    ),
    errors.ExchangeNegative: Problem(
        422,
        "More comes back than is bought",
        "退货金额大于购买金额",
        "Please book this as a return.",
        "call_manager",
    ),
    errors.ReceiptNeeded: Problem(
        422, "A receipt is needed", "退货需出示小票", "Please show the receipt.", "ask_member"
    ),
    errors.ReturnLimit: Problem(
        422,
        "Above the day's limit without a receipt",
        "超出当日无票退货上限",
        "Above today's limit without receipt.",
        "call_manager",
    ),
    errors.ReviewClosed: Problem(
        422, "The review is closed", "复核已结束", "The review is closed.", "call_manager"
    ),
}
