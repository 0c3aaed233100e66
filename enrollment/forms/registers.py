"""Professional registers by country, to be suggested and never enforced.

An abbreviation alone is a trap: “MMC” is a council in Malaysia and another in Myanmar.
"""

from collections.abc import Mapping

REGISTERS: Mapping[str, tuple[str, ...]] = {
    "MY": ("Malaysian Medical Council", "Malaysian Dental Council", "Nursing Board Malaysia"),
    "KR": ("Ministry of Health and Welfare, Republic of Korea",),
    "TH": ("Medical Council of Thailand",),
    "PH": ("Professional Regulation Commission",),
    "MM": ("Myanmar Medical Council",),
    "KH": ("Medical Council of Cambodia",),
    "IN": ("National Medical Commission",),
    "ID": ("Konsil Kedokteran Indonesia",),
}
AMBIGUOUS: Mapping[str, tuple[str, str]] = {
    "MMC": ("Malaysian Medical Council", "Myanmar Medical Council"),
    "NMC": ("National Medical Commission (India)", "Nursing and Midwifery Council (United Kingdom)"),
}


def names() -> list[str]:
    return sorted(name for known in REGISTERS.values() for name in known)
