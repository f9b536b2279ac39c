"""How refusals are told: about benefits."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

BENEFITS: dict[type[Refusal], Problem] = {
    errors.BenefitUnknown: Problem(
        422, "There is no such benefit", "无此权益", "We do not know this benefit.", "call_manager"
    ),
    errors.BenefitNotGiven: Problem(
        422, "The card does not give this benefit", "此卡不含该权益", "Not part of this card.", "sell_without"
    ),
    errors.QuotaUsed: Problem(
        422, "The benefit is used up", "该权益次数已用完", "This benefit is used up.", "sell_without"
    ),
    errors.NotVisited: Problem(
        422, "Nobody goes anywhere for it", "该权益无需到店使用", "Nothing to use here.", "sell_without"
    ),
    errors.NotBookable: Problem(
        422, "It is not booked ahead", "该权益无需预约", "No booking is needed.", "ask_member"
    ),
    errors.BookingNeeded: Problem(
        422, "It has to be booked first", "该权益需提前预约", "Please book first.", "ask_member"
    ),
    errors.BookingTooLate: Problem(
        422, "Too late to book for then", "预约时间过近", "Please choose a later day.", "ask_member"
    ),
    errors.CancelTooLate: Problem(
        422, "Too late to cancel", "已过取消期限", "It is too late to cancel.", "call_manager"
    ),
    errors.VisitAhead: Problem(
        422, "The visit is still ahead", "预约日期未到", "The visit is on a later day.", "ask_member"
    ),
    errors.UseClosed: Problem(
        422, "The booking is closed", "该预约已结束", "This booking is closed.", "ask_member"
    ),
    errors.PlaceForeign: Problem(
        422, "It is not given at this place", "此处不提供该权益", "Not offered here.", "sell_without"
    ),
    errors.PartyTooLarge: Problem(
        422, "Too many companions", "同行人数超出", "Too many companions.", "ask_member"
    ),
    errors.RelationForeign: Problem(
        422, "It is not for that relation", "该权益不可由此人使用", "Not for this person.", "ask_member"
    ),
    errors.EventForeign: Problem(
        422, "Not an event of this benefit", "该权益不含此活动", "Which event is it for?", "ask_member"
    ),
    errors.EventBooked: Problem(
        422, "Booked for this event already", "已预约该活动", "You are booked for this event.", "ask_member"
    ),
    errors.EventOver: Problem(
        422, "The event was cancelled or has begun", "活动已取消或已开始", "The event is over.", "ask_member"
    ),
    errors.EventFull: Problem(
        422, "No place is left at the event", "活动名额已满", "The event is full.", "ask_member"
    ),
    errors.PolicyForeign: Problem(
        422, "Not a policy of this member's in force", "无此有效保单", "Which policy is it for?", "ask_member"
    ),
    errors.ConsentMissing: Problem(
        422, "The member has not consented", "请先同意授权", "Your consent is needed first.", "ask_member"
    ),
    errors.ConditionNotMet: Problem(
        422, "The condition is not met", "不符合使用条件", "The conditions are not met.", "sell_without"
    ),
}
