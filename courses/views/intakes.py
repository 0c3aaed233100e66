"""When and where courses run: the list by month and place, and the same as calendars read it."""

import hashlib

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from iiwam.pages import not_kept, public_page, true_until

from ..models import Course, Intake
from ..outward.calendars import calendar_of_course, calendar_of_intake
from ..timetable import Asked, by_month_and_venue
from .answers import missed_page, turning_points

INTAKES_PER_PAGE = 30
# Long enough to spare the server, short enough that a moved day is seen the same hour.
CALENDAR_KEPT = 900


@require_safe
@public_page(choices=["course", "country", "month", "tz", "page"])
def intakes(request):
    now = timezone.now()
    upcoming = Intake.objects.upcoming(timezone.localdate(now))
    asked = Asked(request.GET, upcoming)
    answers = asked.narrow(upcoming).soonest_first().select_related("course")
    page = Paginator(answers.prefetch_related("training_days", "residence_fees"), INTAKES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    context = {
        "asked": asked,
        "page": page,
        "intakes": shown,
        "months": by_month_and_venue(shown),
        "now": now,
        "missed_page": missed_page(request.GET.get("page"), page),
    }
    response = render(request, "courses/intakes.html", context)
    if asked.ignored or context["missed_page"]:
        return not_kept(response)
    return true_until(response, turning_points(shown))


@require_safe
def intake_calendar(request, code):
    announced = Intake.objects.filter(course__published_at__isnull=False)
    found = get_object_or_404(announced.select_related("course"), code=code)
    return calendar(request, calendar_of_intake(found), f"{found.code}.ics")


@require_safe
def course_calendar(request, slug):
    course = get_object_or_404(Course.objects.published(), slug=slug)
    runs = course.intakes.shown_in_calendars(timezone.localdate()).select_related("course")
    return calendar(
        request, calendar_of_course(course, runs.prefetch_related("training_days")), f"{slug}.ics"
    )


def calendar(request, content: bytes, name: str) -> HttpResponse:
    """The calendar, or word that the reader's copy is still the same."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    patch_cache_control(response, public=True, max_age=CALENDAR_KEPT)
    return get_conditional_response(request, response["ETag"], response=response)
