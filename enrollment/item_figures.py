"""How questions fare: how many get them right, and whether those are the ones who know more.

Difficulty is the share of first attempts that got the question right, from 0 to 1: a high value is an easy question
(the “item difficulty index” of Crocker and Algina, Introduction to Classical and Modern Test Theory, 1986, ch. 5).
First attempts alone are counted, because whoever tries again has read the explanation.

Discrimination is the correlation, from -1 to 1, between having a question right and the share right of the attempt's
other questions (the corrected point-biserial correlation; ibid., ch. 14). Taking the question out of the total keeps
it from correlating with itself, and a share instead of a sum keeps attempts with different draws comparable. Ebel and
Frisbie (Essentials of Educational Measurement, 5th ed., 1991, ch. 13) call values from 0.4 very good and below 0.2
poor; they wrote of the index of upper and lower groups, so the bands are a rule of thumb here. It is worked out from
ENOUGH answers on, for a correlation of a handful of people says nothing.

A wrong option that nobody chooses does no work, and one chosen more often than the right one points at the key or at
the stem (Haladyna and Downing, How many options is enough for a multiple-choice test item?, Educational and
Psychological Measurement 53, 1993, on options that distract nobody).

Answers to an earlier wording are left out: they were given to another question.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Count, F, Sum, Value, When

from courses.models import Module, Option, Question

from . import study
from .models import Attempt, ItemResponse

# From how many answers on a question is pointed out, and from how many a correlation is told.
SEEN, ENOUGH = 5, 30
POOR, GOOD = 0.2, 0.4


@dataclass(frozen=True)
class Figures:
    """What first attempts say of one question as it is worded now."""

    question: Question
    answers: int = 0
    difficulty: float | None = None
    discrimination: float | None = None
    earlier: int = 0

    @property
    def remark(self) -> str:
        """A word on what to look at first; empty when there is nothing."""
        if self.answers >= SEEN and self.difficulty == 0:
            return "nobody"
        if self.answers >= SEEN and self.difficulty == 1:
            return "everybody"
        if self.discrimination is not None and self.discrimination < 0:
            return "backwards"
        if self.discrimination is not None and self.discrimination < POOR:
            return "poor"
        return ""


ORDER = ("nobody", "backwards", "everybody", "poor", "")


def figures(module: Module | None = None) -> list[Figures]:
    """Every question of the bank, or of one module, what needs a look first; three questions to the database."""
    bank = Question.objects.select_related("module__course", "source").prefetch_related("options")
    if module is not None:
        bank = bank.filter(module=module)
    bank = list(bank.order_by("module__course__position", "module__number", "position", "pk"))
    sums = {(row["question"], row["wording"]): row for row in summed(module)}
    answered = Counter()
    for (question, _wording), row in sums.items():
        answered[question] += row["n"]
    found = [figures_of(question, sums, answered[question.pk]) for question in bank]
    return sorted(found, key=lambda one: ORDER.index(one.remark))


def figures_of(question: Question, sums: dict, answered: int) -> Figures:
    row = sums.get((question.pk, wording_now(question)))
    if row is None:
        return Figures(question, earlier=answered)
    return Figures(
        question,
        answers=row["n"],
        difficulty=row["right"] / row["n"],
        discrimination=correlation(**{name: row[name] for name in SUMS}),
        earlier=answered - row["n"],
    )


@dataclass(frozen=True)
class Choice:
    """One option, and in how many first attempts it was chosen."""

    text: str
    is_correct: bool
    times: int
    share: float | None
    remark: str = ""


def choices(question: Question) -> tuple[int, list[Choice]]:
    """How many first attempts met the question as it is worded now, and each option with those that chose it.

    Of a question with several answers the shares add up to more than the whole.
    """
    first = ItemResponse.objects.filter(question=question, is_first=True, wording=wording_now(question))
    answers = dict(first.values_list("attempt", "attempt__answers"))
    times = chosen(question, answers)
    options = list(question.options.all())
    best = max((times[one.text] for one in options if one.is_correct), default=0)
    return len(answers), [choice(one, times[one.text], best, len(answers)) for one in options]


def chosen(question: Question, answers: dict[int, dict]) -> Counter:
    """How often each text was chosen. Options that a file brought in anew have other keys and the same words."""
    given = {attempt: answer.get(str(question.pk)) or [] for attempt, answer in answers.items()}
    known = {option.pk: option.text for option in question.options.all()}
    strange = [attempt for attempt, keys in given.items() if not known.keys() >= set(keys)]
    for questions in Attempt.objects.filter(pk__in=strange).values_list("questions", flat=True):
        shown = next(one for one in questions if one["id"] == question.pk)
        known |= {option["id"]: option["text"] for option in shown["options"]}
    return Counter(known[key] for keys in given.values() for key in keys if key in known)


def choice(option: Option, times: int, best: int, answers: int) -> Choice:
    remark = ""
    if answers >= SEEN and not option.is_correct:
        remark = "idle" if times == 0 else "beats" if times > best else ""
    return Choice(option.text, option.is_correct, times, times / answers if answers else None, remark)


def wording_now(question: Question) -> str:
    options = list(question.options.all())
    return study.wording(
        {
            "stem": question.stem,
            "kind": question.kind,
            "options": [{"id": option.pk, "text": option.text} for option in options],
            "right": [option.pk for option in options if option.is_correct],
        }
    )


SUMS = ("paired", "x", "y", "yy", "xy")


def summed(module: Module | None) -> Iterator[dict]:
    """Per question and wording the sums from which both figures follow; the database adds them up."""
    first = ItemResponse.objects.filter(is_first=True)
    if module is not None:
        first = first.filter(question__module=module)
    right = Case(When(is_right=True, then=Value(1)), default=Value(0))
    paired = Case(When(is_right=True, rest__isnull=False, then=Value(1)), default=Value(0))
    return first.values("question", "wording").annotate(
        n=Count("pk"),
        right=Sum(right),
        paired=Count("rest"),
        x=Sum(paired),
        y=Sum("rest"),
        yy=Sum(F("rest") * F("rest")),
        xy=Sum(Case(When(is_right=True, then=F("rest")), default=Value(0.0))),
    )


def correlation(
    *, paired: int, x: float, y: float | None, yy: float | None, xy: float | None
) -> float | None:
    """Pearson's r of pairs whose x is 0 or 1; None where there are too few, or one of both never varies."""
    if paired < ENOUGH or y is None or yy is None or xy is None:
        return None
    spread = (paired * x - x * x) * (paired * yy - y * y)
    # Floating sums of equal shares leave a trace that is not a spread.
    if spread <= 1e-9:
        return None
    return max(-1.0, min(1.0, (paired * xy - x * y) / math.sqrt(spread)))
