"""The codes of vouchers: random, easy to read out, and hard to mistype. Pure (B9)."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
LENGTH, GROUP = 16, 4
BYTES = 10  #: of chance: 80 bits make sixteen letters


def code_of(chance: bytes) -> str:
    """The code that these random bytes make.

    >>> code_of(bytes(range(10)))
    '000G40R40M30E209'
    """
    if len(chance) != BYTES:
        raise ValueError(f"a code is made of {BYTES} bytes")
    number = int.from_bytes(chance)
    return "".join(_LETTERS[number >> shift & 31] for shift in range(5 * LENGTH - 5, -1, -5))


def read(text: str) -> str:
    """A code as it is kept, from how people write it: in groups, in small letters, with O for 0.

    >>> read("000g 40r4-om3o E209")
    '000G40R40M30E209'
    """
    return text.upper().replace(" ", "").replace("-", "").translate(_MISREAD)


def shown(code: str) -> str:
    """A code in groups, for people.

    >>> shown("000G40R40M30E209")
    '000G-40R4-0M30-E209'
    """
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))
