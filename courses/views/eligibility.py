"""The eligibility check, and its small form on the page of a course."""

from datetime import date

from django.http import QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..eligibility import eligibility, scope_of
from ..forms.reader import EligibilityForm, form_for_course
from ..models import Course, Profession, ScopeRule


@require_safe
def eligibility_check(request):
    form = EligibilityForm(
        request.GET, professions=Profession.objects.all(), countries=ScopeRule.objects.countries()
    )
    answer = eligibility(form.reader) if form.reader else None
    offers = answer.open_offers if answer else []
    context = {"form": form, "answer": answer, "intakes": [offer.course.next_intake for offer in offers]}
    return render(request, "courses/eligibility.html", context)


def scope_panel(params: QueryDict, course: Course, admitted: list[Profession], on: date) -> dict:
    """What the rules say to the reader whom the address names, or the question who reads."""
    form = form_for_course(params, course, admitted)
    reader = form.reader
    return {
        "form": form,
        "reader": reader,
        "admits": reader is not None and reader.profession in admitted,
        "verdicts": scope_of(reader, course, on) if reader else [],
    }
