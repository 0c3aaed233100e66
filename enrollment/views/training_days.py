"""Training days on an assessor's telephone: tick who is there, save once, correct with a reason."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Intake, TrainingDay

from .. import attendance, licenses
from .. import permissions as who
from ..forms.attendance import CorrectionForm
from ..models import Attendance
from ..workflow import MoveRefused
from .assessor import require_assessor

PAGE = 25
SOON = timedelta(hours=24)


def days_to_mark(request: HttpRequest):
    require_assessor(request)
    return TrainingDay.objects.exclude(intake__status=Intake.Status.CANCELLED).select_related(
        "intake__course"
    )


@login_required
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """Days that have begun or begin within a day, newest first, and the next of those to come."""
    now = timezone.now()
    begun = days_to_mark(request).filter(starts_at__lte=now + SOON)
    page = Paginator(begun.order_by("-starts_at", "pk"), PAGE).get_page(request.GET.get("page"))
    coming = days_to_mark(request).filter(starts_at__gt=now + SOON)
    context = {"page": page, "coming": coming.order_by("starts_at", "pk")[:10], "now": now}
    return render(request, "enrollment/assessor/days.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of one day: what is ticked is saved, what is marked already stays."""
    day = get_object_or_404(days_to_mark(request), pk=pk)
    if request.method == "POST":
        return save(request, day)
    now = timezone.now()
    context = {
        "day": day,
        "lines": lines(request, day),
        "has_come": attendance.has_come(day, day.intake.zone, now),
    }
    return render(request, "enrollment/assessor/day.html", context)


def lines(request: HttpRequest, day: TrainingDay) -> list[tuple]:
    """Each learner with the mark on record, and whether the day is held for them or is their own."""
    marks = {
        mark.enrollment_id: mark
        for mark in Attendance.objects.filter(training_day=day).select_related("marked_by")
    }
    return [
        (
            enrollment,
            marks.get(enrollment.pk),
            licenses.holds(enrollment.application.license_valid_until, day, day.intake.zone),
            who.may_assess(request.user, enrollment),
        )
        for enrollment in attendance.attending(day)
    ]


def save(request: HttpRequest, day: TrainingDay) -> HttpResponse:
    ticked = {int(key) for key in request.POST.getlist("present") if key.isascii() and key.isdecimal()}
    saved = attendance.save_list(day=day, present=ticked, closes="close" in request.POST, by=request.user)
    for sentence in saved.refused:
        messages.warning(request, sentence)
    words = ngettext("%d mark is saved.", "%d marks are saved.", saved.marked) % saved.marked
    messages.success(request, words if saved.marked else _("Nothing has changed."))
    return redirect("enrollment:assess_day", day.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int, mark_pk: int) -> HttpResponse:
    """Asks why a mark is turned into the other one."""
    day = get_object_or_404(days_to_mark(request), pk=pk)
    others = Attendance.objects.exclude(enrollment__learner=request.user)
    mark = get_object_or_404(others.select_related("enrollment__application"), pk=mark_pk, training_day=day)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, initial={"was": mark.is_present}
    )
    if request.method == "POST" and form.is_valid():
        return turn(request, day, mark, form)
    context = {"day": day, "mark": mark, "form": form}
    return render(request, "enrollment/assessor/correct.html", context)


def turn(request: HttpRequest, day: TrainingDay, mark: Attendance, form: CorrectionForm) -> HttpResponse:
    try:
        attendance.correct_attendance(
            mark=mark,
            is_present=not form.cleaned_data["was"],
            by=request.user,
            note=form.cleaned_data["note"],
        )
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The mark is corrected. The learner is told by email."))
    return redirect("enrollment:assess_day", day.pk)
