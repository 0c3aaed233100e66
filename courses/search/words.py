"""What counts as a word: how texts and questions are folded, shortened and compared, the same for every database."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

LONGEST_WORD = 40
GRAM = 3
# Scripts that set no space between words: Thai, Lao, Burmese, Khmer, Japanese kana, Han.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
MARKS = "".join(
    chr(code) for code in range(0x300, 0x1E950) if unicodedata.category(chr(code)) in {"Mn", "Mc"}
)
WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{MARKS}]|['’](?=[^\\W_]))*")
ACCENTS = re.compile("[\u0300-\u036f'’]")
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "do",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "that",
        "the",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)
ENDINGS = (("ies", 4), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3), ("y", 4), ("e", 4))


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """The text without case, accents and apostrophes, compatibility forms made plain."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain)


def folded_in_place(text: str) -> str:
    """The text folded letter for letter, so that a place in it is the same place in the text."""
    return "".join(letter if letter.isascii() else fold_letter(letter) for letter in text.lower())


@lru_cache(maxsize=5_000)
def fold_letter(letter: str) -> str:
    folded = fold(letter)
    return folded if len(folded) == 1 else letter


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The beginning that an English word shares with its other forms; never more than a cut at its end."""
    if not word.isascii() or word.endswith(("ss", "us", "is")):
        return word
    cut = next((end for end, least in ENDINGS if word.endswith(end) and len(word) - len(end) >= least), "")
    word = word.removesuffix(cut)
    if len(word) > 4 and word[-1] == word[-2] != "s":
        return word[:-1]
    return word


def words_of(text: str) -> list[str]:
    """The folded words of a text, in their order."""
    return [fold(word)[:LONGEST_WORD] for word in WORD.findall(text)]


def grams_of(run: str) -> list[str]:
    """Overlapping pieces of a run without spaces; the last ones are short, for whoever has typed only a part."""
    return [run[start : start + GRAM] for start in range(len(run))]


def keys_of(text: str) -> set[str]:
    """Everything under which a text can be found."""
    keys: set[str] = set()
    for word in words_of(text):
        runs = UNSPACED.findall(word)
        for run in runs:
            keys.update(grams_of(run))
        keys.update(part for part in (UNSPACED.split(word) if runs else (word, stem(word))) if part)
    return keys


def vocabulary_of(text: str) -> set[str]:
    """The words of a text that a misspelt one may stand for."""
    return {
        word for word in words_of(text) if 2 < len(word) < 30 and word.isalpha() and not UNSPACED.search(word)
    }


def trigrams(word: str) -> set[str]:
    """Pieces of three letters, the word's edges included; the same that PostgreSQL cuts."""
    padded = f"  {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def letters_of(word: str) -> str:
    """The letters of a word in the order of the alphabet."""
    return "".join(sorted(word))


def likeness(one: str, other: str) -> float:
    """How much of two words is the same, from 0 to 1; letters that changed places are almost nothing."""
    if letters_of(one) == letters_of(other):
        return 0.9
    ours, theirs = trigrams(one), trigrams(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def one_letter_apart(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


@dataclass(frozen=True)
class Term:
    """One thing that must occur: a beginning of a word, or an exact key such as the stem of one."""

    text: str
    prefixes: tuple[str, ...]
    exact: tuple[str, ...] = ()

    @classmethod
    def of(cls, *words: str) -> "Term":
        return cls(words[0], words, tuple(key for key in map(stem, words) if key not in words))

    def met_by(self, word: str) -> bool:
        return word.startswith(self.prefixes) or stem(word) in self.exact


@dataclass(frozen=True)
class Run:
    """A stretch of a script without spaces: each of its pieces must occur."""

    text: str

    @property
    def terms(self) -> list[Term]:
        grams = [gram for gram in grams_of(self.text) if len(gram) == GRAM] or [self.text]
        return [Term(gram, (gram,)) for gram in grams]


def marked(text: str, terms: Iterable[Term], runs: Iterable[Run] = ()) -> SafeString:
    """The text as safe HTML, with a mark around what answers a term."""
    terms, pieces = list(terms), [re.escape(run.text) for run in runs]
    inside = re.compile("|".join(sorted(pieces, key=len, reverse=True))) if pieces else None
    made, end = [], 0
    for word in WORD.finditer(text):
        for start, stop in places_in(word, terms, inside):
            made += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            end = stop
    return mark_safe("".join([*made, escape(text[end:])]))  # noqa: S308 - every piece is escaped above


def places_in(word: re.Match, terms: list[Term], inside: re.Pattern | None) -> list[tuple[int, int]]:
    """Where to mark: the whole word, or the pieces of it that a script without spaces was asked for by."""
    folded = fold(word[0])
    if any(term.met_by(folded) for term in terms):
        return [word.span()]
    if inside is None:
        return []
    return [piece.span() for piece in inside.finditer(word.string, *word.span())]
