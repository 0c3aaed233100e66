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

Answers to an earlier wording are left out: they were given to another question.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Count, F, Sum, Value, When

from courses.models import Module, Question

from . import study
from .models import ItemResponse

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
