"""What a visitor asks of the catalog: read from the address, answered with counts that stay right when combined."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .models import Course, CourseAudience, Profession, Subject

LONGEST_QUESTION = 200
MOST_WORDS = 8
SORTS = {
    "intake": (_("Next intake"), ("next_start", "position", "title")),
    "title": (_("Title"), ("title", "pk")),
}


@dataclass
class Choice:
    value: str
    label: str
    checked: bool = False
    count: int = 0


@dataclass
class Facet:
    """One way to narrow the list; several choices of one facet widen it, several facets narrow it."""

    name: str
    label: str
    condition: Callable[[Iterable[str]], Q]
    choices: list[Choice] = field(default_factory=list)

    @property
    def chosen(self) -> list[str]:
        return [choice.value for choice in self.choices if choice.checked]

    @property
    def narrows(self) -> Q:
        return self.condition(self.chosen) if self.chosen else Q()

    def choose(self, values: Iterable[str]) -> list[str]:
        """The choices with these values are on; what is no choice of this facet is handed back."""
        by_value = {choice.value: choice for choice in self.choices}
        for value in by_value.keys() & set(values):
            by_value[value].checked = True
        return [value for value in values if value and value not in by_value]


def admits(slugs: Iterable[str]) -> Q:
    return Q(pk__in=CourseAudience.objects.filter(profession__slug__in=slugs).values("course"))


def belongs_to(slugs: Iterable[str]) -> Q:
    return Q(pk__in=Course.subjects.through.objects.filter(subject__slug__in=slugs).values("course"))


def facets() -> list[Facet]:
    """The facets of the catalog with all their choices, none of them on."""
    return [
        Facet("profession", _("Your profession"), admits, rows_of(Profession)),
        Facet("subject", _("Subject"), belongs_to, rows_of(Subject)),
        Facet("kind", _("Kind"), lambda values: Q(kind__in=values), words_of(Course.Kind)),
        Facet("mode", _("Format"), lambda values: Q(delivery__in=values), words_of(Course.Delivery)),
        Facet(
            "enrolment", _("Enrolment"), lambda values: Q(enrolment__in=values), words_of(Course.Enrolment)
        ),
    ]


def rows_of(model) -> list[Choice]:
    return [Choice(slug, name) for slug, name in model.objects.values_list("slug", "name")]


def words_of(choices) -> list[Choice]:
    return [Choice(value, label) for value, label in choices.choices]


class Question:
    """The words, facets and order that an address asks for; whatever it cannot mean is ignored and named."""

    def __init__(self, params: QueryDict):
        self.params = params
        self.words = asked_words(params.get("q", ""))
        self.facets = facets()
        self.ignored = [
            (facet.label, Truncator(printable(value)).chars(40))
            for facet in self.facets
            for value in facet.choose(params.getlist(facet.name))
        ]
        self.sort = params.get("sort", "")
        if self.sort not in SORTS:
            if self.sort:
                self.ignored.append((_("Sort by"), Truncator(printable(self.sort)).chars(40)))
            self.sort = "intake"

    @property
    def sorts(self) -> list[Choice]:
        return [Choice(value, label, value == self.sort) for value, (label, _order) in SORTS.items()]

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each thing asked for, with the query string that no longer asks for it."""
        chips = [(f"“{self.text}”", self.without("q"))] if self.words else []
        return chips + [
            (choice.label, self.without(facet.name, choice.value))
            for facet in self.facets
            for choice in facet.choices
            if choice.checked
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What stays asked for when only the order changes."""
        chosen = [(facet.name, value) for facet in self.facets for value in facet.chosen]
        return [("q", self.text), *chosen] if self.words else chosen

    def without(self, name: str, value: str | None = None) -> str:
        params = self.params.copy()
        params.setlist(name, [kept for kept in params.getlist(name) if value is not None and kept != value])
        params.pop("page", None)
        return f"?{params.urlencode()}"

    def matching(self, courses: QuerySet) -> QuerySet:
        """The courses of these that answer the question, in the order asked for."""
        for facet in self.facets:
            courses = courses.filter(facet.narrows)
        return courses.filter(containing(self.words)).order_by(*SORTS[self.sort][1])

    def count(self, courses: QuerySet) -> tuple[int, int]:
        """How many answer, and how many there are; each choice learns what choosing it would show."""
        counts = courses.aggregate(found=self.tally(), total=Count("pk"), **self.tallies())
        for facet in self.facets:
            for number, choice in enumerate(facet.choices):
                choice.count = counts[f"{facet.name}_{number}"]
        return counts["found"], counts["total"]

    def tallies(self) -> dict[str, Count]:
        return {
            f"{facet.name}_{number}": self.tally(besides=facet, also=facet.condition([choice.value]))
            for facet in self.facets
            for number, choice in enumerate(facet.choices)
        }

    def tally(self, *, besides: Facet | None = None, also: Q | None = None) -> Count:
        condition = containing(self.words) & (also or Q())
        for facet in self.facets:
            if facet is not besides:
                condition &= facet.narrows
        return Count("pk", filter=condition or Q(pk__isnull=False))


def containing(words: Iterable[str]) -> Q:
    """Every word occurs somewhere in what a course says about itself or its modules."""
    condition = Q()
    for word in words:
        in_modules = Course.objects.filter(modules__title__icontains=word).values("pk")
        condition &= (
            Q(title__icontains=word)
            | Q(code__iexact=word)
            | Q(summary__icontains=word)
            | Q(description__icontains=word)
            | Q(pk__in=in_modules)
        )
    return condition


def asked_words(text: str) -> list[str]:
    return printable(text)[:LONGEST_QUESTION].split()[:MOST_WORDS]


def printable(text: str) -> str:
    """The text without what no database stores and no screen shows, such as NUL or half a surrogate pair."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(character if character.isprintable() else " " for character in text)
