"""Which language a name in its own script is to be read aloud in."""

import unicodedata

# The first word of a character's Unicode name tells its script.
LANGUAGES = {
    "THAI": "th",
    "KHMER": "km",
    "MYANMAR": "my",
    "DEVANAGARI": "hi",
    "TAMIL": "ta",
    "HANGUL": "ko",
    "CJK": "zh",
}


def language_of(name: str) -> str:
    """The language that a script of the region speaks for; empty where a script alone does not tell."""
    scripts = (unicodedata.name(character, "").split(" ")[0] for character in name)
    return next((LANGUAGES[script] for script in scripts if script in LANGUAGES), "")
