"""The catalog: every course, or those that answer a question."""

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from iiwam.pages import not_kept, public_page, true_until
from iiwam.pieces import Pieces, content_stamp

from ..facets import NARROWING
from ..finding import Question
from .answers import missed_page, turning_points

# What an entry is drawn from.
ENTRY = ("course", "ledgers")


@require_safe
@public_page(choices=[*NARROWING, "sort", "page"], free=["q"])
def catalog(request):
    now = timezone.now()
    question = Question(request.GET, at=now)
    page, entries = question.page, entries_of(question, request, now)
    courses = question.bring([key for key, pieces in entries.items() if not pieces.are_at_hand])
    hits = question.hits(courses)
    for course in courses:
        course.hits = hits.get(course.pk, [])
    to_draw = {course.pk: course for course in courses}
    context = {
        "question": question,
        "page": page,
        "courses": courses,
        "entries": [
            (pieces, to_draw.get(key))
            for key, pieces in entries.items()
            if pieces.are_at_hand or key in to_draw
        ],
        "intakes": [course.next_intake for course in courses if course.next_intake],
        "articles": hits.get(None, []),
        "missed_page": missed_page(request.GET.get("page"), page),
    }
    response = render(request, "courses/catalog.html", context)
    for course in courses:
        shown = [course.next_intake] if course.next_intake else []
        entries[course.pk].keep([*turning_points(shown), course.next_opening])
    if question.ignored or context["missed_page"]:
        return not_kept(response)
    return true_until(response, [pieces.until for pieces, _course in context["entries"]])


def entries_of(question: Question, request: HttpRequest, now: datetime) -> dict[int, Pieces]:
    """What the page says of each of its courses, in order: where the words of a search stand is drawn each time."""
    stamp = None if question.words else content_stamp(request)
    return {key: Pieces("entry", key, stamp=stamp, at=now, seen=ENTRY) for key in question.keys}
