"""The learner's desk: what next, modules, topics, how far away the certificate is."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.markdown import as_numbered

from .. import ahead, completion, licenses, reading
from ..models import CalendarFeed, Certificate, Enrollment
from ..progress import ModuleProgress, Picture, picture_of, pictures
from ..workflow import MoveRefused
from .desk import own_enrollment, own_module

# What a browser may send as the number of a paragraph.
LONGEST_NUMBER = 5


@login_required
@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    """Everything this person studies or has studied, the one thing to do next in each, and what comes towards them."""
    now = timezone.now()
    mine = list(Enrollment.objects.of(request.user).select_related("intake__course", "application"))
    days = ahead.days_ahead(mine, now)
    context = {
        "pictures": pictures(mine, now),
        "days": licenses.with_holds(mine, days),
        "papers": ahead.papers_running_out(mine, days, timezone.localdate()),
        "calendar_address": calendar_address(request),
        "certificates": certificates_of(mine),
    }
    return render(request, "enrollment/learner/learn.html", context)


def calendar_address(request: HttpRequest) -> str:
    """The private address in full, as a calendar wants it; empty when there is none."""
    feed = CalendarFeed.objects.filter(learner=request.user.pk, is_open=True).first()
    return f"{settings.SITE_URL}{ahead.feed_path(feed)}" if feed else ""


def certificates_of(enrollments: list[Enrollment]):
    held = Certificate.objects.filter(enrollment__in=enrollments)
    return held.select_related("enrollment__intake").order_by("-issued_at")


@login_required
@require_safe
def enrollment(request: HttpRequest, pk: int) -> HttpResponse:
    """One course: modules, training days, and what the certificate still asks for."""
    enrollment = own_enrollment(request, pk)
    attended = enrollment.attendance.filter(is_present=True).values_list("training_day", flat=True)
    now, days = timezone.now(), enrollment.intake.training_days.all()
    context = {
        "enrollment": enrollment,
        "picture": picture_of(enrollment),
        "days": [
            (day, held if day.ends_at > now else None)
            for day, held in licenses.with_holds([enrollment], days)
        ],
        "attended": set(attended),
        "now": now,
        "requirements": completion.requirements(enrollment),
    }
    return render(request, "enrollment/learner/enrollment.html", context)


@login_required
@require_safe
def module(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The topics of a module and its questions, each with where the learner stands."""
    picture, part = own_module(request, pk, slug)
    context = {"enrollment": picture.enrollment, "picture": picture, "part": part, "now": picture.at}
    return render(request, "enrollment/learner/module.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, pk: int, slug: str, topic_slug: str) -> HttpResponse:
    """A page to read, from where it was left; its button marks it as read and turns to the next."""
    picture, part = own_module(request, pk, slug)
    topic = get_object_or_404(part.module.topics, slug=topic_slug)
    place = [other.pk for other in part.topics].index(topic.pk)
    if request.method == "POST":
        return mark_read(request, picture, part, place)
    context = {
        "enrollment": picture.enrollment,
        "part": part,
        "topic": topic,
        "place": place + 1,
        "previous": part.topics[place - 1] if place else None,
        "next": part.topics[place + 1] if place + 1 < len(part.topics) else None,
        "is_read": topic.pk in part.read,
        "left_at": opened(request, picture.enrollment, topic),
        "sources": as_numbered(topic.body, topic.sources.all()),
    }
    return render(request, "enrollment/learner/topic.html", context)


def opened(request: HttpRequest, enrollment: Enrollment, topic) -> int:
    """The paragraph at which the learner left it; a closed record is read without a trace."""
    try:
        return reading.open_topic(enrollment=enrollment, topic=topic, by=request.user).place
    except MoveRefused:
        return 0


def mark_read(request: HttpRequest, picture: Picture, part: ModuleProgress, place: int) -> HttpResponse:
    try:
        reading.finish_topic(
            enrollment=picture.enrollment,
            topic=part.topics[place],
            by=request.user,
            is_reported=request.POST.get("reported") == "1",
        )
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    if place + 1 < len(part.topics):
        return redirect(part.topic_url(part.topics[place + 1]))
    return redirect(part.questions_url if part.owes_questions else part.url)


@login_required
@require_POST
def place(request: HttpRequest, pk: int, slug: str, topic_slug: str) -> HttpResponse:
    """Word from an open page: the learner is at this paragraph, reading."""
    picture, part = own_module(request, pk, slug)
    topic = get_object_or_404(part.module.topics, slug=topic_slug)
    try:
        reading.report(
            enrollment=picture.enrollment,
            topic=topic,
            by=request.user,
            place=number(request, "place"),
            places=number(request, "places"),
        )
    except MoveRefused as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= LONGEST_NUMBER else 0
