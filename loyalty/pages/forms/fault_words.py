"""What is wrong with a programme, in the reader's language."""

from collections.abc import Collection
from difflib import get_close_matches

from flask_babel import gettext

from loyalty.pages.phrases import N_, Phrases, translated

FIXED = (
    # of single values
    N_("is missing"),
    N_("is not supported"),
    N_("is not known here"),
    N_("must not be empty"),
    N_("must not hold invisible characters"),
    N_("must be a text"),
    N_("must be a whole number"),
    N_("must be true or false"),
    N_("must be true"),
    N_("must be a table"),
    N_("must be a list of tables"),
    N_("must be a list of units"),
    N_("must be a day, as 2026-01-31"),
    N_("must be an instant with an offset, as 2026-01-31T09:00:00+08:00"),
    N_("must be a code: a small letter, then at most 39 of a-z 0-9 _ -"),
    N_('must be a list of codes, each once, as ["gold"]'),
    N_('must be a list of tiers, each once, as ["gold"]'),
    N_('must be a number of at most 13 digits, a fraction in quotes, as "0.5"'),
    N_('a fraction is not exact: write it in quotes, as "0.5"'),
    N_('an amount is a decimal string such as "12.50": write it in quotes'),
    N_('an amount is a decimal string such as "12.50"'),
    N_('must be a day of the year, as "12-31"'),
    N_("there is no such day of the year"),
    N_("must be above 0"),
    N_("an amount here is not negative"),
    # of the club
    N_('must be an IANA time zone, as "Asia/Shanghai"'),
    N_('must be an active ISO 4217 code, as "CNY"'),
    N_('must be two digits in quotes, as "70"'),
    N_("is a range of payment or transit cards: 2 to 6, 81 and 9 are refused"),
    N_('must be "none": an insurer must not urge to buy'),
    N_('must be from 0 to 1, or "reduced"'),
    N_('has no meaning with points = "keep"'),
    # of lengths
    N_("days stand alone, without months or an alignment"),
    N_("inactive_months stand alone: points have no day of their own then"),
    N_("inactive_months are for all points of a unit"),
    N_('says no length; points that never expire are "never"'),
    N_("plus needs an alignment"),
    N_("needs an alignment"),
    N_("does not go with an alignment"),
    N_("must say one of months, days, month_end, year_end, until"),
    N_("must be of months or of days"),
    N_("needs whole months"),
    # of units
    N_("is above the cap"),
    N_("is more than may be passed on in a day"),
    N_("points of a unit with a cap stay with whom rules gave them"),
    N_("must be worth a whole number of the currency's smallest coins"),
    N_("must be above 0 and at most 1"),
    N_("only spendable points are worth money"),
    N_("an insurer's points are passed on only with an approval"),
    N_("an insurer's points are pooled only with an approval"),
    N_("an insurer's points are money only with an approval"),
    # of tiers and terms
    N_("is taken by a lower tier"),
    N_("is taken"),
    N_("must rise from tier to tier"),
    N_("must name at least one counter"),
    N_("must not be above attain"),
    N_('speaks of a term\'s end, and tiers fall "at_once"'),
    N_("a counter is either a balance or what was earned"),
    N_("a counter is of terms or of points"),
    N_("needs a counter of points: terms are held by one"),
    N_("needs a measure of one balance alone, to be paid from it"),
    N_("needs a measure of balances: windows begin anew by themselves"),
    N_('"at_once" needs a measure of balances: what was earned fades by itself'),
    N_('"at_once" does not go with tiers that take points'),
    N_("must say cap or percent"),
    N_("must be above 0 and below 100"),
    N_("needs a balance of one unit"),
    N_("is paid in points that are not spendable"),
    # of rules
    N_("is taken by an earlier rule"),
    N_('"base" means all base rules, no rule can have it'),
    N_("a multiplier goes by line only where all it multiplies does"),
    N_("a multiplier goes by line only where nothing it multiplies is limited in points"),
    N_("points for money need a purchase, a policy or a premium"),
    N_("only a purchase has lines, and a policy coverages"),
    N_("a policy gives what it gives, whatever was given before"),
    N_("a policy takes nothing: it gives less"),
    N_("only activities and purchases have attributes"),
    N_("what a fact tells is for the whole fact"),
    N_("within_days is for gifts: what lapsed could not come back with the goods"),
    N_("a cap is for the whole fact"),
    N_("a cap is for the whole fact: it cannot depend on a line"),
    N_("a cap gives no points"),
    N_("is for base and bonus rules of a purchase"),
    N_("what a purchase took could not come back with the goods"),
    N_("what is taken is no money's worth"),
    N_("what is taken is not given"),
    N_("must say times, points or both"),
    N_("must be from 1 to 1000: a multiplier only adds"),
    N_("points and the money they are for must be above 0"),
    N_("points and the count they are for must be above 0"),
    N_('must name an attribute of the fact, as "attributes.steps"'),
    N_('must name tables of factors, as "pay_years" or ["pay_years", "channel"]'),
    N_('must be "times", "amount", or an attribute as "attributes.steps"'),
    N_("only a purchase has an amount"),
    N_("stands alone, or each of parts says its own"),
    N_('must be { days = 14 } or { event = "call_back_done" }'),
    N_("the shares must be above 0, and 1 in all"),
    N_("at_latest_days opens what within_days lets lapse"),
    # of benefits and rewards
    N_("is taken by an earlier benefit"),
    N_("is taken by an earlier reward"),
    N_("is what a benefit of the kind discount has, and no other"),
    N_("of a mailing is one each calendar_year"),
    N_("is the policy_year where the subject is the policy, and nowhere else"),
    N_("is a percent or an amount"),
    N_("must be above 0, and at most 100"),
    N_("a voucher has a last day of its own"),
    N_("is for a voucher"),
    N_("is before the first one"),
    # of examples
    N_("an example that expects nothing proves nothing: say tier, last_day, points, …"),
    N_("must begin with the one enrol"),
    N_("must be told in the order of time, and before the example's own at"),
    N_("must be after the booking's own at"),
    N_("a return is by lines or by amount"),
)
PATTERNS = (
    N_("must be from %(least)s to %(most)s"),
    N_("must be in the years %(least)s to %(most)s"),
    N_("must have at most %(most)s characters"),
    N_("must hold %(least)s to %(most)s entries"),
    N_("must be one of %(those)s"),
    N_("must be a list of at most %(most)s categories"),
    N_("a category is a text of at most %(most)s characters"),
    N_("has more digits after the point than the unit, which has %(digits)s"),
    N_("the table must have 1 to %(most)s rows"),
    N_("rows by %(attribute)s are whole numbers of years"),
    N_("is for a benefit of the kind %(kinds)s"),
    N_("of a %(phase)s rule must say %(forms)s"),
    N_("%(currency)s has %(digits)s digits after the point"),
    N_('"%(code)s" is there twice'),
    N_('"%(code)s" gives another unit, or is for another kind of fact'),
    N_('"%(code)s" is neither a base nor a bonus rule'),
    N_('"%(code)s" holds rules of another unit, kind of fact or phase'),
    N_('has a bar for "%(code)s", attain has none'),
    N_('goes by "%(attribute)s", which no %(fact)s has'),
    N_('points of "%(code)s" are not spent'),
    N_('points of "%(code)s" die together, by inactivity'),
    N_('points to spend ("%(code)s") for a %(fact)s are a rebate: they need an approval'),
    N_("%(nature)s for points is a rebate: it needs an approval"),
    N_('there is no consent "%(code)s" to give'),
    N_('there is no rule "%(code)s"'),
    N_('there is no table "factors.%(code)s"'),
    N_('there is no tier "%(code)s"'),
    N_('there is no unit "%(code)s"'),
    N_('there is no %(kind)s "%(code)s"'),
    N_("must be true or false, not %(type)s"),
    N_("cannot change after the first edition: it is %(before)s, not %(after)s"),
    # of examples that fail
    N_("%(fact)s at %(instant)s is refused: %(code)s"),
    N_("%(what)s should be %(wanted)s, is %(got)s"),
    # of text
    N_("%(fault)s (at line %(line)s, column %(column)s)"),
    N_("%(fault)s (at end of document)"),
    N_("no exact form in JSON: %(value)s"),
)
#: What the reader of conditions says, and what is said for it.
CONDITIONS = {
    "line %(line)s, column %(column)s: undeclared reference to '%(name)s' (in container '')": N_(
        "Line %(line)s, column %(column)s: there is no name “%(name)s” here."
    ),
    "line %(line)s, column %(column)s: Syntax error: %(fault)s": N_(
        "Line %(line)s, column %(column)s: this cannot be read. Compare by ==, !=, <, >; join by && and ||;"
        " put texts in '…'."
    ),
    "line %(line)s, column %(column)s: found no matching overload for '%(name)s' applied to '%(types)s'": N_(
        "Line %(line)s, column %(column)s: these do not go together: %(types)s."
    ),
}
_PHRASES = Phrases(FIXED, CONDITIONS | {text: text for text in PATTERNS})


def in_words(message: str, names: Collection[str] = ()) -> str:
    """A fault as it is read; of a misspelt name among `names` the one that may be meant is told."""
    if found := _PHRASES.find(message):
        words, holes = found
        return translated(words, holes) + _meant(holes.get("name", ""), names)
    if message.startswith("must be "):
        return translated(N_("must be %(those)s"), {"those": message.removeprefix("must be ")})
    return message


def is_known(message: str) -> bool:
    """Whether a fault has words of its own."""
    return _PHRASES.find(message) is not None


def _meant(name: str, names: Collection[str]) -> str:
    near = get_close_matches(name, names, 1) if names else []
    return " " + gettext("Do you mean %(name)s?", name=near[0]) if near else ""
