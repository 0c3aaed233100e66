"""What a visitor asks of the catalog: read from the address, and answered."""

from datetime import date, datetime

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext_lazy as _

from .facets import NAMES as FACETS
from .facets import Choice, Facet, count, facets
from .models import Course, CourseAudience, Intake
from .models.scope import Commas
from .search import CourseMatches, Words, hits_of, score, understand
from .search.spelling import printable
from .search.words import fold, marked

__all__ = ["COURSES_PER_PAGE", "FACETS", "Question"]

COURSES_PER_PAGE = 20
BEST = "relevance"
LABELS = {BEST: _("Best match"), "intake": _("Next intake"), "title": _("Title")}
ORDERS = {
    BEST: ("-score", "position", "title", "pk"),
    "intake": ("next_start", "position", "title", "pk"),
    "title": ("title", "pk"),
}


class Question:
    """The words, facets and order that an address asks for; whatever it cannot mean is ignored and named."""

    def __init__(self, params: QueryDict, *, at: datetime):
        self.params, self.at = params, at
        self.words: Words = understand(params.get("q", ""))
        self.facets: list[Facet] = facets()
        for facet in self.facets:
            facet.asked = list(dict.fromkeys(filter(None, map(printable, params.getlist(facet.name)))))
        self.orders = [name for name in LABELS if name != BEST or self.words]
        asked = params.get("sort", "")
        self.sort = asked if asked in self.orders else self.orders[0]
        self.found, self.total = count(self.asked_for, self.facets)
        self.ignored = [
            (facet.label, Truncator(value).chars(40)) for facet in self.facets for value in facet.unknown
        ]
        if asked and asked not in LABELS:
            self.ignored.append((_("Sort by"), Truncator(printable(asked)).chars(40)))

    @property
    def asked_for(self) -> Q:
        """Courses that hold every word, in themselves or in what belongs to them."""
        return Q(CourseMatches(self.words.terms)) if self.words else Q()

    # Answering

    @property
    def answers(self) -> QuerySet:
        """The keys of the courses that answer, in the order asked for."""
        courses = Course.objects.published().filter(self.asked_for)
        for facet in self.facets:
            courses = courses.filter(facet.narrows)
        if self.sort == "intake":
            courses = courses.annotate(next_start=next_start(self.at))
        return self.ordered(courses).values("pk")

    def ordered(self, courses: QuerySet) -> QuerySet:
        if self.sort == BEST:
            courses = courses.annotate(score=score(self.words.terms))
        return courses.order_by(*ORDERS[self.sort])

    def bring(self, keys: QuerySet) -> list[Course]:
        """The courses with these keys and everything that a list says about them."""
        audiences = CourseAudience.objects.filter(course=OuterRef("pk")).order_by().values("course")
        courses = Course.objects.published().filter(pk__in=keys).with_next_intake(self.at).with_depths()
        courses = courses.annotate(
            admits=Subquery(audiences.annotate(every=Commas("profession__slug")).values("every"))
        )
        found = Course.objects.bring_next_intakes(self.ordered(courses.defer(*UNLISTED)))
        for course in found:
            course.shown_title, course.shown_summary = self.mark(course.title), self.mark(course.summary)
            course.admitted = self.plurals(set((course.admits or "").split(",")))
        return found

    def mark(self, text: str) -> str:
        return marked(text, self.words.terms, self.words.runs)

    def plurals(self, professions: set[str]) -> list[str]:
        """What their members are called, in the order of the facet that has read them already."""
        (facet,) = [facet for facet in self.facets if facet.name == "profession"]
        return [choice.plural for choice in facet.choices if choice.value in professions]

    def hits(self, courses: list[Course]) -> dict:
        """Where in these courses the words stand; articles that lead to no course answer words alone."""
        if not self.words:
            return {}
        narrowed = any(facet.chosen for facet in self.facets)
        return hits_of([course.pk for course in courses], self.words, alone=not narrowed)

    # What the page says of the question

    @property
    def text(self) -> str:
        return self.words.text

    @property
    def sorts(self) -> list[Choice]:
        """The first needs no word in the address: with other words another order may come first."""
        return [
            Choice(name if number else "", LABELS[name], checked=name == self.sort)
            for number, name in enumerate(self.orders)
        ]

    @property
    def narrowing(self) -> int:
        """How many choices of facets are on."""
        return sum(len(facet.chosen) for facet in self.facets)

    @property
    def corrections(self) -> list[tuple[str, str, str]]:
        """Each misspelt word, what it was taken for, and the query string that says so."""
        return [
            (word, get_text_list(meant, _("or")), self.with_words(words_put(self.text, word, meant[0])))
            for word, meant in self.words.corrected.items()
        ]

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """Each thing asked for, with the query string that no longer asks for it."""
        chips = [(f"“{Truncator(self.text).chars(40)}”", self.without("q"))] if self.text else []
        return chips + [
            (choice.label, self.without(facet.name, choice.value))
            for facet in self.facets
            for choice in facet.chosen
        ]

    def without(self, name: str, value: str | None = None) -> str:
        params = self.params.copy()
        params.setlist(name, [kept for kept in params.getlist(name) if value is not None and kept != value])
        params.pop("page", None)
        return f"?{params.urlencode()}"

    @property
    def fewer_words(self) -> list[tuple[str, str]]:
        """Each word of several that may be one too many, with the query string that does without it."""
        words, unknown = self.text.split(), set(self.words.unknown)
        if len(words) < 2:
            return []
        return [
            (word, self.with_words(" ".join(words[:place] + words[place + 1 :])))
            for place, word in enumerate(words[:6])
            if not unknown or fold(word) in unknown
        ]

    def with_words(self, text: str) -> str:
        params = self.params.copy()
        params["q"] = text
        params.pop("page", None)
        return f"?{params.urlencode()}"


def words_put(text: str, folded: str, meant: str) -> str:
    """The text with one of its words replaced."""
    return " ".join(meant if fold(word) == folded else word for word in text.split())


# Long texts that no list shows.
UNLISTED = (
    *("description", "description_html", "outcomes", "entry_requirements", "assessment", "assessment_html"),
    "scope_notice",
)


def next_start(at: datetime):
    """When the next intake starts, the same as `with_next_intake` says, but reckoned for all courses at once."""
    Status = Intake.Status
    coming = Q(intakes__starts_on__gte=timezone.localdate(at)) | Q(intakes__starts_on=None)
    is_open = Q(
        Q(intakes__applications_open_at=None) | Q(intakes__applications_open_at__lte=at),
        intakes__applications_close_at__gt=at,
        intakes__status__in=[Status.TENTATIVE, Status.CONFIRMED],
    )
    announced = Q(intakes__status__in=[Status.TENTATIVE, Status.CONFIRMED, Status.CLOSED])
    start = Coalesce("intakes__starts_on", Value(date.max))
    return Coalesce(
        Min(start, filter=coming & is_open), Min(start, filter=coming & announced), Value(date.max)
    )
