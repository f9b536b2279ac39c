"""Money as integer minor units of an ISO 4217 currency; on the wire an exact decimal string (N2). Pure."""

import re

_TWO_DIGITS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
    RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_OTHER_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
#: Active ISO 4217 codes and how many digits their minor unit has.
MINOR_DIGITS: dict[str, int] = dict.fromkeys(_TWO_DIGITS.split(), 2) | {
    code: digits for digits, codes in _OTHER_DIGITS.items() for code in codes.split()
}
_AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,9}))?")


class MoneyFaulty(ValueError):
    """The text is not an amount of that currency; the message says why."""


def parse_money(text: str, currency: str, *, signed: bool = False) -> int:
    """Minor units of a decimal string: plain ASCII digits, at most 13 before the point, no exponent, no plus.

    Fewer digits after the point than the currency has are filled up; more are refused, even zeros.

    >>> parse_money("12.5", "EUR"), parse_money("100", "JPY"), parse_money("-1.234", "BHD", signed=True)
    (1250, 100, -1234)
    """
    digits = MINOR_DIGITS[currency]
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MoneyFaulty('an amount is a decimal string such as "12.50"')
    sign, whole, part = match.groups("")
    if sign and not signed:
        raise MoneyFaulty("an amount here is not negative")
    if len(part) > digits:
        raise MoneyFaulty(f"{currency} has {digits} digits after the point")
    minor = int(whole + part.ljust(digits, "0"))
    return -minor if sign else minor


def money_text(minor: int, currency: str) -> str:
    """The decimal string with exactly as many digits as the currency has.

    >>> money_text(1250, "EUR"), money_text(100, "JPY"), money_text(-5, "BHD")
    ('12.50', '100', '-0.005')
    """
    digits = MINOR_DIGITS[currency]
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"
