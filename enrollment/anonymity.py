"""Words from which a patient could be known: names, identity numbers, telephone numbers, addresses, dates of birth.

Patterns and a list of names can only point at what looks like one. They err on the side of asking, and say what they
saw. What stands on a package (device, lot) is read with fewer of them: lots look like dates and telephone numbers.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PROSE = ("procedure", "area", "anesthetic", "outcome", "reflection")
LABELS = ("device", "cartridge_lot")
# A treatment is written down within the year; an earlier day in the text is somebody's birthday more often than not.
RECENT = timedelta(days=366)
BUDDHIST_ERA = 543

# Names that are common where the institute teaches; one of them beside another capital is taken for a name.
NAMES = frozenset((Path(__file__).parent / "content" / "names.txt").read_text("utf-8").split())
# Words of the trade that are also names, or that stand in capitals beside each other without being anybody's.
NO_NAMES = frozenset(
    {
        *(
            "tan",
            "low",
            "min",
            "sim",
            "law",
            "win",
            "tin",
            "type",
            "fitzpatrick",
            "emla",
            "grade",
            "phototype",
        ),
        *(
            "skin",
            "face",
            "left",
            "right",
            "upper",
            "lower",
            "vitamin",
            "skinpen",
            "dermapen",
            "derma",
            "pen",
        ),
        *("stamp", "roller", "patient", "client", "after", "before", "during", "no", "not", "the", "this"),
        *("she", "he", "her", "his", "they", "i", "we"),
    }
)
CAPITAL = r"[A-Z][a-zA-Z'’-]+"
TITLES = (
    r"mr|mrs|ms|miss|mdm|madam|sir|puan|pn|encik|en|cik|tuan|dato['’]?|datuk|datin|tan sri|puan sri|khun|bapak|ibu|pak"
    r"|bu|mbak|mas|kak|makcik|pakcik|auntie|aunty|uncle|dr|prof|daw|ko|lok|anh|chị|bà|ông"
)
SAYS = r"said|says|reported|reports|complained|felt|feels|came|asked|told|tolerated|returned|wanted|was happy|called"
NAMED = [
    # A title, and a capital after it. “Dr. Pen” is a device.
    re.compile(rf"\b(?i:{TITLES})\b\.?\s+(?!Pen\b){CAPITAL}(?:\s+{CAPITAL})*"),
    re.compile(
        rf"{CAPITAL}(?:\s+{CAPITAL})*\s+(?:[Bb]in(?:ti)?|[Bb]te|[Aa]nak|[aA]/[lLpP]|[sSdD]/[oO])\b\.?\s+{CAPITAL}"
    ),
    re.compile(
        r"\b(?i:nama|name|named|name is|surname)\b\s*(?:is\b|[:=])?\s+[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)*"
    ),
    re.compile(rf"\b(?i:patient|client|lady|gentleman|pt)\s*[,:]?\s+{CAPITAL}\s+{CAPITAL}"),
    re.compile(rf"\b{CAPITAL}\s+{CAPITAL}(?=\s+(?:{SAYS})\b)"),
    re.compile(r"[가-힣]{2,4}\s?(?:씨|님)"),
    re.compile(r"[\u4e00-\u9fff]{1,3}(?:先生|小姐|女士|太太)"),
    re.compile(r"(?:นาย|นางสาว|นาง|คุณ(?!ภาพ|สมบัติ|ค่า))\s?[\u0e00-\u0e7f]{2,}"),
]
PAIR = re.compile(rf"(?=\b({CAPITAL})\s+({CAPITAL}))")
ONE = re.compile(rf"\b(?:(?i:patient|client|pt)\s+({CAPITAL})|({CAPITAL})\s+(?:{SAYS})\b)")

KEYWORD = r"(?i:\b(?:ic|i\.c\.|mykad|nric|nik|ktp|passport|mrn|cccd|cmnd|rrn|philsys|id)\b\s*(?:no|number)?\.?\s*[:#]?\s*)"
NUMBERS: dict[str | Promise, re.Pattern] = {
    gettext_lazy("a Malaysian identity card number"): re.compile(r"(?<!\d)\d{6}[- ]\d{2}[- ]\d{4}(?!\d)"),
    gettext_lazy("a Thai identity number"): re.compile(r"(?<!\d)\d[- ]\d{4}[- ]\d{5}[- ]\d{2}[- ]\d(?!\d)"),
    gettext_lazy("a Korean resident number"): re.compile(r"(?<!\d)\d{6}-[0-9]\d{6}(?!\d)"),
    gettext_lazy("a Singaporean identity number"): re.compile(r"\b[STFGM]\d{7}[A-Z]\b"),
    gettext_lazy("a Philippine identity number"): re.compile(r"(?<!\d)\d{4}-\d{4}-\d{4}(?:-\d{4})?(?!\d)"),
    gettext_lazy("a Myanmar identity number"): re.compile(r"\b\d{1,2}/\w{3,9}\([A-Za-z]{1,3}\)\d{5,6}\b"),
    gettext_lazy("a Hong Kong identity number"): re.compile(r"\b[A-Z]{1,2}\d{6}\([0-9A]\)"),
    gettext_lazy("a Taiwanese identity number"): re.compile(r"\b[A-Z][1289]\d{8}\b"),
    gettext_lazy("an identity number"): re.compile(
        rf"(?<!\d)\d{{12,18}}[Xx]?\b|{KEYWORD}[A-Z]{{0,3}}\d{{5,}}"
    ),
}
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
ABROAD = re.compile(r"\+\s?\d[\d\s().-]{6,}\d")
AT_HOME = re.compile(r"(?<![\d.,-])\(?0\d{1,3}\)?[-\s]?\d{3,4}[-\s]?\d{3,4}(?![\d-])")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_FIRST = re.compile(r"(?<![\d.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?![\d-])")
YEAR_FIRST = re.compile(r"(?<![\d-])(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?![\d-])")
IN_WORDS = re.compile(r"(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]{3})[a-z]*\.?,?\s+(\d{4})\b")
MONTH_FIRST = re.compile(r"(?i)\b([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
BORN = re.compile(
    r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|birthday|born|lahir|ngày sinh|sinh ngày|생년월일|วันเกิด)\b"
    r"[^.\n]{0,20}?\d+(?:[/.\- ]\w+)*"
)


def sign_of_identity(text: str, *, on: date, field: str = "outcome") -> str | None:
    """The first thing in this text by which a patient could be known, as a sentence; None when there is none."""
    for found, what in signs(text, on, is_label=field in LABELS):
        return _(
            "“%(found)s” looks like %(what)s. A patient is known here by a code alone, so leave it out."
        ) % {
            "found": " ".join(found.split())[:60],
            "what": what,
        }
    return None


def sign_in_code(code: str) -> str | None:
    """Why a patient code gives the patient away, as a sentence; None when it does not."""
    letters, digits = re.sub(r"[^A-Za-z]", "", code).lower(), re.sub(r"\D", "", code)
    if letters in NAMES and letters not in {"a", "p"}:
        return _("“%(found)s” looks like a name. Make a code of your own, such as P-014.") % {
            "found": code[:20]
        }
    if len(digits) == 4 and 1920 <= int(digits) <= 2029:
        return _("“%(found)s” looks like a year of birth. Make a code of your own, such as P-014.") % {
            "found": code[:20]
        }
    return None


def signs(text: str, on: date, *, is_label: bool) -> Iterator[tuple[str, str | Promise]]:
    """Everything that gives a patient away, each with what it looks like; numbers first, for a date may be in them."""
    text = plain_digits(text)
    for what, pattern in NUMBERS.items():
        yield from ((found[0], what) for found in pattern.finditer(text))
    yield from ((found[0], _("an email address")) for found in EMAIL.finditer(text))
    yield from ((found[0], _("a telephone number")) for found in ABROAD.finditer(text))
    if not is_label:
        yield from (
            (found[0], _("a telephone number")) for found in AT_HOME.finditer(text) if is_phone(found[0])
        )
        yield from ((found, _("a date of birth")) for found in birthdays(text, on))
    yield from ((found, _("a name")) for found in names(text))


def plain_digits(text: str) -> str:
    """Digits of other scripts, full-width ones and unusual dashes as the patterns expect them."""
    shown = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    return re.sub(r"[\u2010-\u2015\u2212]", "-", shown).replace("\xa0", " ")


def is_phone(found: str) -> bool:
    return 9 <= sum(sign.isdigit() for sign in found) <= 12


def names(text: str) -> Iterator[str]:
    for pattern in NAMED:
        yield from (found[0] for found in pattern.finditer(text) if not is_trade(found[0]))
    for found in PAIR.finditer(text):
        if is_person(found[1].lower(), found[2].lower()):
            yield f"{found[1]} {found[2]}"
    for found in ONE.finditer(text):
        name = found[1] or found[2]
        if name.lower() in NAMES - NO_NAMES:
            yield name


def is_person(first: str, second: str) -> bool:
    pair, trade = {first, second}, NO_NAMES - NAMES
    return pair <= NAMES or bool(pair & NAMES - NO_NAMES and not pair & trade)


def is_trade(found: str) -> bool:
    """Whether none of these capitals is a name: “Patient Fitzpatrick Type”."""
    words = [word.strip(".,:").lower() for word in found.split()]
    return all(word in NO_NAMES or not word[:1].isalpha() for word in words if word not in {"says", "felt"})


def birthdays(text: str, on: date) -> Iterator[str]:
    yield from (found[0] for found in BORN.finditer(text))
    for found in DAY_FIRST.finditer(text):
        if is_long_ago(found[3], found[2], found[1], on) or is_long_ago(found[3], found[1], found[2], on):
            yield found[0]
    for found in YEAR_FIRST.finditer(text):
        if is_long_ago(found[1], found[2], found[3], on):
            yield found[0]
    for pattern, (day, month, year) in ((IN_WORDS, (1, 2, 3)), (MONTH_FIRST, (2, 1, 3))):
        for found in pattern.finditer(text):
            name = found[month][:3].lower()
            if name in MONTHS and is_long_ago(found[year], MONTHS.index(name) + 1, found[day], on):
                yield found[0]


def is_long_ago(year: str, month: str | int, day: str | int, on: date) -> bool:
    """Whether these numbers are a day of more than a year ago, in the common or the Buddhist count of years."""
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= on.year % 100 else 1900
    elif number > on.year + BUDDHIST_ERA // 2:
        number -= BUDDHIST_ERA
    try:
        return date(number, int(month), int(day)) < on - RECENT
    except ValueError:
        return False
