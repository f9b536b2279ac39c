"""The words of letters in both languages: what is, when, what can be done; never to buy. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Facts = Mapping[str, Any]
Language = str  #: `zh` or `en`; whatever else is read in English

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_CONTACTS = {
    "zh": {"email": "电子邮箱", "phone": "手机号码"},
    "en": {"email": "email address", "phone": "phone number"},
}


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as it is read: a subject, where the way has one, and the text in paragraphs."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where a letter leads; None where this copy has no address of its own."""

    freeze: str | None = None  #: keeps the member's points in
    wishes: str | None = None  #: where a member says which letters they want


def letter_words(kind: str, facts: Facts, language: Language, club: Mapping[str, str], links: Links) -> Words:
    """A letter of that kind; days in `facts` are ISO, instants local, names in both languages."""
    tongue = "zh" if language == "zh" else "en"
    subject, *paragraphs = _LETTERS[kind, tongue](facts, links)
    if kind != "contact_changed" and links.wishes is not None:
        paragraphs.append(_WISHES[tongue].format(link=links.wishes))
    return _signed(subject, paragraphs, tongue, club)


def code_words(code: str, minutes: int, language: Language, club: Mapping[str, str]) -> Words:
    """A one-time code, and what it is for; it goes out at once."""
    if language == "zh":
        text = f"您的验证码是 {code}，{minutes} 分钟内有效。请不要告诉任何人，工作人员也不会向您索取。"
        return _signed("您的验证码", [text], "zh", club)
    text = f"Your code is {code}. It is good for {minutes} minutes. Tell it to nobody: we never ask for it."
    return _signed("Your code", [text], "en", club)


def _contact_changed_zh(facts: Facts, links: Links) -> list[str]:
    what = "和".join(_CONTACTS["zh"][kind] for kind in facts["contacts"])
    said = (
        f"您的会员{what}已于{_moment_zh(facts['at'])}更改。积分和卡都不变；"
        f"为了您的安全，积分在{_moment_zh(facts['until'])}之前不能使用或转赠。"
    )
    answer = "如果不是您本人更改，请立即" + (f"冻结积分：{links.freeze}" if links.freeze else "联系服务台。")
    return ["您的联系方式已更改", said, answer, "如果是您本人更改，无需任何操作。"]


def _contact_changed_en(facts: Facts, links: Links) -> list[str]:
    what = " and ".join(_CONTACTS["en"][kind] for kind in facts["contacts"])
    said = (
        f"The {what} of your membership was changed at {_moment_en(facts['at'])}. Your points and your card"
        " stay as they are; to keep them safe, points cannot be spent or passed on before"
        f" {_moment_en(facts['until'])}."
    )
    answer = (
        f"If it was not you, freeze your points now: {links.freeze}"
        if links.freeze
        else "If it was not you, please contact the club at once."
    )
    return ["Your contact data was changed", said, answer, "If it was you, there is nothing to do."]


def _expiring_zh(facts: Facts, _: Links) -> list[str]:
    told = "；".join(f"{points} 可用到{_day_zh(day)}（含当天）" for day, points in facts["days"])
    return [f"{facts['name']['zh']}即将到期", f"您的{facts['name']['zh']}：{told}。其余的照常保留。"]


def _expiring_en(facts: Facts, _: Links) -> list[str]:
    told = "; ".join(
        f"{points} can be used up to and including {_day_en(day)}" for day, points in facts["days"]
    )
    name = facts["name"]["en"]
    return [f"{name}: some expire soon", f"Of your {name}: {told}. All others stay as they are."]


def _tier_zh(facts: Facts, _: Links) -> list[str]:
    if facts["tier"] is None:
        said = "您目前没有会员卡级别，积分照常保留。"
    else:
        until = f"，有效到{_day_zh(facts['last_day'])}" if facts["last_day"] else ""
        said = f"您现在的会员卡是{facts['tier']['zh']}{until}。积分照常保留。"
    return ["您的会员卡", said]


def _tier_en(facts: Facts, _: Links) -> list[str]:
    if facts["tier"] is None:
        said = "You have no tier at the moment. Your points stay as they are."
    else:
        until = f" It stays until {_day_en(facts['last_day'])}." if facts["last_day"] else ""
        said = f"Your card is now {facts['tier']['en']}.{until} Your points stay as they are."
    return ["Your card", said]


def _spent_zh(facts: Facts, _: Links) -> list[str]:
    told = "、".join(f"{one['name']['zh']} {one['points']}" for one in facts["units"])
    if facts.get("by_household"):
        said = f"您的家庭成员于{_moment_zh(facts['at'])}使用了您的{told}。如有疑问，请联系服务台。"
        return ["积分已使用", said]
    how = "转赠" if facts["passed_on"] else "使用"
    return [f"积分已{how}", f"您于{_moment_zh(facts['at'])}{how}了{told}。如果不是您本人操作，请联系服务台。"]


def _spent_en(facts: Facts, _: Links) -> list[str]:
    told = ", ".join(f"{one['points']} {one['name']['en']}" for one in facts["units"])
    if facts.get("by_household"):
        said = f"A member of your household spent {told} of yours at {_moment_en(facts['at'])}."
        return ["Points were spent", f"{said} If that should not be, please contact the club."]
    how = "passed on" if facts["passed_on"] else "spent"
    said = f"You {how} {told} at {_moment_en(facts['at'])}. If it was not you, please contact the club."
    return [f"Points were {how}", said]


_LETTERS: Mapping[tuple[str, str], Callable[[Facts, Links], list[str]]] = {
    ("contact_changed", "zh"): _contact_changed_zh,
    ("contact_changed", "en"): _contact_changed_en,
    ("expiring_soon", "zh"): _expiring_zh,
    ("expiring_soon", "en"): _expiring_en,
    ("tier_changed", "zh"): _tier_zh,
    ("tier_changed", "en"): _tier_en,
    ("spent", "zh"): _spent_zh,
    ("spent", "en"): _spent_en,
}
_WISHES = {"zh": "想收到哪些消息，由您决定：{link}", "en": "Which letters you get is yours to say: {link}"}


def _signed(subject: str, paragraphs: list[str], tongue: str, club: Mapping[str, str]) -> Words:
    name = club.get(tongue) or next(iter(club.values()))
    return Words(subject, "\n\n".join([*paragraphs, name]))


def _day_zh(day: str) -> str:
    read = date.fromisoformat(day)
    return f"{read.year}年{read.month}月{read.day}日"


def _day_en(day: str) -> str:
    read = date.fromisoformat(day)
    return f"{read.day} {_MONTHS[read.month - 1]} {read.year}"


def _moment_zh(instant: str) -> str:
    return f"{_day_zh(instant[:10])} {datetime.fromisoformat(instant):%H:%M}"


def _moment_en(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%H:%M} on {_day_en(instant[:10])}"
