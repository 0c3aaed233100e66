"""The catalog: every course, or those that answer a question."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from iiwam.pages import not_kept, public_page, true_until

from ..facets import NARROWING
from ..finding import Question
from .answers import missed_page, turning_points


@require_safe
@public_page(choices=[*NARROWING, "sort", "page"], free=["q"])
def catalog(request):
    question = Question(request.GET, at=timezone.now())
    page = question.page
    courses = question.bring() if question.keys else []
    hits = question.hits(courses)
    for course in courses:
        course.hits = hits.get(course.pk, [])
    context = {
        "question": question,
        "page": page,
        "courses": courses,
        "intakes": [course.next_intake for course in courses if course.next_intake],
        "articles": hits.get(None, []),
        "missed_page": missed_page(request.GET.get("page"), page),
    }
    response = render(request, "courses/catalog.html", context)
    if question.ignored or context["missed_page"]:
        return not_kept(response)
    return true_until(response, turning_points(context["intakes"]))
