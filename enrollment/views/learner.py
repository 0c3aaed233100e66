"""The learner's desk: what next, modules, topics, how far away the certificate is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.markdown import as_numbered

from .. import certification, study
from ..models import Enrollment
from ..progress import ModuleProgress, Picture, picture_of, pictures
from ..workflow import MoveRefused
from .desk import own_enrollment, own_module


@login_required
@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    """Everything this person studies or has studied, and the one thing to do next in each."""
    mine = Enrollment.objects.of(request.user).select_related("intake__course")
    return render(request, "enrollment/learner/learn.html", {"pictures": pictures(mine)})


@login_required
@require_safe
def enrollment(request: HttpRequest, pk: int) -> HttpResponse:
    """One course: modules, training days, and what the certificate still asks for."""
    enrollment = own_enrollment(request, pk)
    attended = enrollment.attendance.filter(is_present=True).values_list("training_day", flat=True)
    context = {
        "enrollment": enrollment,
        "picture": picture_of(enrollment),
        "days": enrollment.intake.training_days.all(),
        "attended": set(attended),
        "now": timezone.now(),
        "requirements": certification.requirements(enrollment),
    }
    return render(request, "enrollment/learner/enrollment.html", context)


@login_required
@require_safe
def module(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The topics of a module and its questions, each with where the learner stands."""
    picture, part = own_module(request, pk, slug)
    context = {"enrollment": picture.enrollment, "picture": picture, "part": part}
    return render(request, "enrollment/learner/module.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, pk: int, slug: str, topic_slug: str) -> HttpResponse:
    """A page to read; its button marks it as read and turns to the next."""
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
        "sources": as_numbered(topic.body, topic.sources.all()),
    }
    return render(request, "enrollment/learner/topic.html", context)


def mark_read(request: HttpRequest, picture: Picture, part: ModuleProgress, place: int) -> HttpResponse:
    try:
        study.record_progress(enrollment=picture.enrollment, topic=part.topics[place], by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    if place + 1 < len(part.topics):
        return redirect(part.topic_url(part.topics[place + 1]))
    return redirect(part.questions_url if part.owes_questions else part.url)
