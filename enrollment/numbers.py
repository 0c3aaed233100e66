"""Certificate numbers: unguessable, readable aloud, and a typing slip shows before the database is asked.

IIWAM-<course>-<year>-<4>-<4>-<4>-<check> in Crockford's base 32, which has no I, L, O and U.
"""

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
PREFIX = "IIWAM"
LONGEST_CODE = 12

# People read an O as a zero and an I or L as a one; U is left out of the alphabet and heard as V.
LOOK_ALIKES = str.maketrans("OILU", "011V")
FOLDED_PREFIX = PREFIX.translate(LOOK_ALIKES)
SEPARATORS = re.compile(r"[\s_.,:/\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\ufeff]+")
COMPACT = re.compile(rf"[{ALPHABET}]{{1,{LONGEST_CODE}}}[0-9]{{4}}[{ALPHABET}]{{13}}")
LONGEST_INPUT = 100


def powers_of_two() -> list[int]:
    """The 31 non-zero elements of GF(32), x^5 + x^2 + 1, each a different weight for a different place."""
    powers = [1]
    while len(powers) < 31:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return powers


POWERS = powers_of_two()
LOGS = {power: exponent for exponent, power in enumerate(POWERS)}


def weighted(value: int, place: int) -> int:
    """A value times the weight of its place, counted from the right."""
    return POWERS[(LOGS[value] + place) % 31] if value else 0


def syndrome(compact: str) -> int:
    """Zero for a number as it was issued.

    All weights differ and none is zero, so one wrong character or two swapped ones, wherever they stand,
    can't leave it zero.
    """
    total = 0
    for place, character in enumerate(reversed(compact)):
        total ^= weighted(VALUES[character], place)
    return total


def spell(compact: str) -> str:
    code, year, core, check = compact[:-17], compact[-17:-13], compact[-13:-1], compact[-1]
    return "-".join([PREFIX, code, year, core[:4], core[4:8], core[8:], check])


def mint(course_code: str, year: int) -> str:
    """A new number with 60 random bits."""
    code = "".join(c for c in course_code.upper().translate(LOOK_ALIKES) if c in VALUES)[:LONGEST_CODE]
    core = "".join(secrets.choice(ALPHABET) for _place in range(12))
    body = f"{code or 'X'}{year:04d}{core}"
    return spell(body + ALPHABET[syndrome(f"{body}0")])


def fold(text: str) -> str:
    """Upper case, look-alikes repaired, and no dashes or spaces."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_INPUT]).upper()
    return SEPARATORS.sub("", plain).translate(LOOK_ALIKES)


def is_prefix_with_a_slip(start: str) -> bool:
    return sum(given == meant for given, meant in zip(start, FOLDED_PREFIX, strict=False)) >= 3


def read(text: str) -> str | None:
    """The number as it was issued, from whatever somebody typed; None when it can't be one."""
    if len(text) > LONGEST_INPUT:
        return None
    folded = fold(text)
    compact = folded.removeprefix(FOLDED_PREFIX)
    if compact == folded and is_prefix_with_a_slip(folded):
        return None
    if not COMPACT.fullmatch(compact) or syndrome(compact):
        return None
    return spell(compact)
