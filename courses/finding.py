"""What a visitor asks of the catalog: read from the address, and answered."""

from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext_lazy as _

from .facets import Choice, Facet, facets
from .models import Course, CourseAudience, Intake
from .models.scope import Commas
from .search import Words, hits_of, understand
from .search.spelling import printable
from .search.words import fold, marked
from .survey import Row, survey

COURSES_PER_PAGE = 20
# Beyond any catalog, within what a database counts to.
LAST_PAGE = 1_000_000
BEST = "relevance"
LABELS = {BEST: _("Best match"), "intake": _("Next intake"), "title": _("Title")}


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
        self.ask()
        self.ignored = [
            (facet.label, Truncator(value).chars(40)) for facet in self.facets for value in facet.unknown
        ]
        if asked and asked not in LABELS:
            self.ignored.append((_("Sort by"), Truncator(printable(asked)).chars(40)))

    def ask(self) -> None:
        """The facets learn their counts, and `keys` are the courses of the page, in the order asked for."""
        asked = {facet.name: facet.narrowing for facet in self.facets}
        page = page_number(self.params.get("page", "1")) - 1
        order = {"order": self.sort, "page": page, "size": COURSES_PER_PAGE, "at": self.at}
        told: dict[str, list[Row]] = {}
        for row in survey(asked, self.words.terms, **order):
            told.setdefault(row[0], []).append(row)
        for facet in self.facets:
            facet.learn(sorted(told.get(facet.name, []), key=lambda row: (row[4], row[2], row[1])))
        self.found, self.total = told["found"][0][5], told["total"][0][5]
        self.keys = [row[5] for row in sorted(told.get("page", []), key=lambda row: row[4])]

    # Answering

    @property
    def page(self) -> Page:
        """The page asked for, of numbers alone: `keys` says which courses are on it."""
        return Paginator(range(self.found), COURSES_PER_PAGE).get_page(self.params.get("page"))

    def bring(self, keys: list[int]) -> list[Course]:
        """These courses of the page and everything that a list says about them."""
        if not keys:
            return []
        audiences = CourseAudience.objects.filter(course=OuterRef("pk")).order_by().values("course")
        courses = Course.objects.published().filter(pk__in=keys).with_next_intake(self.at).with_depths()
        courses = courses.annotate(
            admits=Subquery(audiences.annotate(every=Commas("profession__slug")).values("every")),
            next_opening=self.next_opening(),
        )
        found = Course.objects.bring_next_intakes(courses.order_by().defer(*UNLISTED))
        kinds, modes = self.labels("kind"), self.labels("mode")
        for course in found:
            course.kind_words, course.mode_words = kinds[course.kind], modes[course.delivery]
            course.shown_title, course.shown_summary = self.mark(course.title), self.mark(course.summary)
            course.admitted = self.plurals(set((course.admits or "").split(",")))
        return sorted(found, key=lambda course: keys.index(course.pk))

    def next_opening(self) -> Subquery:
        """When an intake of the course opens that may then be its next one."""
        intakes = Intake.objects.filter(course=OuterRef("pk"), applications_open_at__gt=self.at)
        return Subquery(intakes.order_by("applications_open_at").values("applications_open_at")[:1])

    def mark(self, text: str) -> str:
        if not self.words:
            return text
        return marked(text, self.words.terms, self.words.runs)

    def plurals(self, professions: set[str]) -> list[str]:
        """What their members are called, in the order of the facet that has read them already."""
        return [choice.plural for choice in self.choices("profession") if choice.value in professions]

    def labels(self, name: str) -> dict[str, str]:
        # Django's `get_..._display` would translate every choice again for each course.
        return {choice.value: str(choice.label) for choice in self.choices(name)}

    def choices(self, name: str) -> list[Choice]:
        (facet,) = [facet for facet in self.facets if facet.name == name]
        return facet.choices

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


def page_number(asked: str) -> int:
    """The page asked for, as Django's Paginator understands it: no number is the first, one beyond is the last."""
    try:
        number = int(asked)
    except ValueError:
        return 1
    return number if 1 <= number < LAST_PAGE else LAST_PAGE
