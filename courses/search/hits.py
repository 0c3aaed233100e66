"""Where in a course the words of a question stand, with the line around them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import CharField, F, Q, Value, Window
from django.db.models.functions import Coalesce, Greatest, Lower, NullIf, RowNumber, StrIndex, Substr
from django.urls import reverse
from django.utils.safestring import SafeString

from ..models import SearchDocument
from .engines import PartMatches, hits_score
from .spelling import Words
from .words import marked

HITS_PER_COURSE = 3
BEFORE, AROUND, SHOWN = 90, 420, 190
STOPS = " ·.,;:"
COLUMNS = ("kind", "course", "title", "window", "starts", "module__number", "module__title", "module__slug")


@dataclass(frozen=True)
class Hit:
    """One module, topic, clinical row or article that answers, as a list shows it."""

    kind: str
    title: SafeString
    excerpt: SafeString
    url: str
    module: str = ""
    number: int | None = None


def hits_of(courses: Collection[int], words: Words, *, alone: bool) -> dict[int | None, list[Hit]]:
    """For each of these courses the parts that answer best; under None, articles that lead to no course."""
    wanted = Q(course__in=courses, course__published_at__isnull=False) & Q(
        PartMatches(words.terms, every=False)
    )
    if alone:
        wanted |= Q(course=None) & Q(PartMatches(words.terms))
    public = Q(article=None) | Q(article__published_at__isnull=False)
    best = Window(RowNumber(), partition_by=["course"], order_by=[F("score").desc(), "place", "pk"])
    found = (
        SearchDocument.objects.filter(wanted, public)
        .annotate(score=hits_score(words.terms), row=best, starts=start_of_window(words))
        .filter(row__lte=HITS_PER_COURSE)
        .annotate(window=Substr("text", F("starts"), AROUND))
        .order_by("course", "row")
    )
    hits: dict[int | None, list[Hit]] = {}
    for row in found.values_list(*COLUMNS, "course__slug", "article__slug"):
        hits.setdefault(row[1], []).append(hit_from(row, words))
    return hits


def start_of_window(words: Words):
    """Where to begin to read: a little before the first of the words that stands in the text, the longest first."""
    longest = sorted(
        {key for term in words.terms for key in (*term.exact, *term.prefixes)}, key=len, reverse=True
    )
    plain = Coalesce("plain", Lower("text"))
    places = [NullIf(StrIndex(plain, Value(key, CharField())), 0) for key in longest]
    return Greatest(Coalesce(*places, Value(1), Value(1)) - BEFORE, Value(1))


def hit_from(row: tuple, words: Words) -> Hit:
    kind, _course, title, window, starts, number, module_title, module, course, article = row
    url = (
        reverse("courses:article", args=[article])
        if kind == SearchDocument.Kind.ARTICLE
        else reverse("courses:module", args=[course, module])
    )
    return Hit(
        kind=kind,
        title=marked(title, words.terms, words.runs),
        excerpt=excerpt(window, words, cut=starts > 1),
        url=url,
        module=module_title or "",
        number=number,
    )


def excerpt(window: str, words: Words, *, cut: bool) -> SafeString:
    """The line around the first mark, whole words only, with dots where text is left out."""
    if cut:
        window = f"…{(window.partition(' ')[2] or window).lstrip(STOPS)}"
    if len(window) > SHOWN:
        window = f"{(window[:SHOWN].rpartition(' ')[0] or window[:SHOWN]).rstrip(STOPS)}…"
    return marked(window, words.terms, words.runs)
