"""What a visitor's words mean here: which ones the catalog uses, and what the others were meant to be."""

from collections import defaultdict
from dataclasses import dataclass, field

from .engines import LONGEST_SLIP, SHORTEST_SLIP, words_near
from .words import SMALL_WORDS, UNSPACED, Run, Term, fold, likeness, one_letter_apart, stem, words_of

LONGEST_QUESTION = 200
MOST_TERMS = 12
# A short word changes more of itself by one slip than a long one does.
SHORT, ALIKE_SHORT, ALIKE = 6, 0.47, 0.55
SHORTEST_INNER = 4


@dataclass
class Words:
    """The words of a question, understood."""

    text: str = ""
    terms: list[Term] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    corrected: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def __bool__(self):
        return bool(self.terms)

    @property
    def likely(self) -> str:
        """The question as it was probably meant."""
        return " ".join(self.corrected.get(fold(word), [word])[0] for word in self.text.split())


def understand(text: str) -> Words:
    """The question's words as terms to look for; a word that the catalog does not use becomes those it may mean."""
    words = Words(text=" ".join(printable(text)[:LONGEST_QUESTION].split()))
    plain = []
    for word in dict.fromkeys(words_of(words.text)):
        words.runs += map(Run, UNSPACED.findall(word))
        plain += [part for part in UNSPACED.split(word) if part]
    plain = ([word for word in plain if word not in SMALL_WORDS] or plain)[:MOST_TERMS]
    known = meanings([word for word in plain if word.isalpha()])
    words.terms = [look_up(word, known, words) for word in plain]
    words.terms += [term for run in words.runs for term in run.terms]
    del words.terms[MOST_TERMS:]
    return words


def meanings(words: list[str]) -> dict[str, list[str]]:
    """What each of these words stands for; itself alone, when the catalog uses it."""
    near = defaultdict(dict)
    for asked, word, uses in words_near([(word, stem(word)) for word in words]):
        near[asked][word] = uses
    return {word: meanings_of(word, near[word]) for word in words}


def meanings_of(word: str, near: dict[str, int]) -> list[str]:
    if any(other.startswith(word) or stem(other) == stem(word) for other in near):
        return [word]
    often = sorted(near, key=lambda other: (-near[other], other))
    if len(word) >= SHORTEST_INNER and (holding := [other for other in often if word in other]):
        return holding
    least = ALIKE_SHORT if len(word) < SHORT else ALIKE
    alike = [other for other in often if likeness(word, other) >= least or one_slip(word, other)]
    return [max(alike, key=lambda other: likeness(word, other))] if alike else []


def one_slip(word: str, other: str) -> bool:
    return SHORTEST_SLIP <= len(word) <= LONGEST_SLIP and one_letter_apart(word, other)


def look_up(word: str, known: dict[str, list[str]], words: Words) -> Term:
    meant = known.get(word, [word])
    if not meant:
        words.unknown.append(word)
    elif meant != [word]:
        words.corrected[word] = meant
    return Term.of(*(meant or [word]))


def printable(text: str) -> str:
    """The text without what no database stores and no screen shows, such as NUL or half a surrogate pair."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(character if character.isprintable() else " " for character in text)
