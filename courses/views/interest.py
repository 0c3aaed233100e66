"""Ask to be told of an intake, say yes from the mailbox, and leave again: three doors, none of them with a cookie."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from iiwam.forgery import is_from_here
from iiwam.limits import address_of, allow
from iiwam.views import csrf_failure, too_many_requests

from .. import interest as registry
from ..forms.interest import InterestForm
from ..letters import stop_path
from ..models import Course, Intake

HOUR, DAY = 3_600, 86_400
ASKED_FROM_ONE_PLACE = 20
LETTERS_TO_ONE_ADDRESS = 5

door = require_http_methods(["GET", "HEAD", "POST"])


# Without a token, for a public page sets no cookie. All that the form can do is send one letter that asks, which any
# visitor may do for any address: there is no right of the visitor's to abuse. What is left, flooding a mailbox through
# other people's browsers, is stopped by looking where the form comes from and by counting letters for each address.
@csrf_exempt
@door
def interest(request, slug):
    course = get_object_or_404(Course.objects.published(), slug=slug)
    if Intake.objects.accepting(timezone.now()).filter(course=course).exists():
        return render(request, "courses/interest/open.html", {"course": course})
    if request.method != "POST":
        return show(request, course, InterestForm(initial={"profession": request.GET.get("profession")}))
    if not is_from_here(request):
        return csrf_failure(request)
    if not allow("interest", address_of(request), most=ASKED_FROM_ONE_PLACE, seconds=HOUR):
        return too_many_requests(request)
    return register(request, course, InterestForm(request.POST))


def register(request, course, form):
    if not form.is_valid():
        return show(request, course, form)
    # Who is on the list, who is new and who has had letters enough: the answer is the same.
    if allow("interest-letters", form.cleaned_data["email"], most=LETTERS_TO_ONE_ADDRESS, seconds=DAY):
        registry.ask(course=course, **form.cleaned_data)
    return redirect("courses:interest_sent", course.slug)


def show(request, course, form):
    context = {"course": course, "form": form, "consent": registry.consent_to(course)}
    return render(request, "courses/interest/form.html", context)


@require_safe
def sent(request, slug):
    course = get_object_or_404(Course.objects.published(), slug=slug)
    return unseen(render(request, "courses/interest/sent.html", {"course": course}))


# The link itself is the key, and no cookie adds to it. A program that looks through mail follows links but presses no
# button, so looking changes nothing.
@csrf_exempt
@door
def confirm(request, token):
    try:
        found = registry.from_confirm_link(token)
    except registry.BadLink:
        return broken_link(request)
    except registry.LinkExpired as expired:
        found = expired.interest
        if not (found.confirmed_at or found.unsubscribed_at):
            return answer(request, "expired", found.course, status=410)
    if request.method == "POST":
        registry.confirm(interest=found)
        return redirect(request.path)
    state = "stopped" if found.unsubscribed_at else "confirmed" if found.confirmed_at else "confirm"
    return answer(request, state, found.course, consent=found.consent, stop_url=stop_path(found))


# Mail programs press this button from their own servers (RFC 8058), so where it comes from is not asked.
@csrf_exempt
@door
def stop(request, token):
    try:
        found = registry.from_stop_link(token)
    except registry.BadLink:
        return broken_link(request)
    if found is None:
        return answer(request, "stopped", None)
    if request.method == "POST":
        registry.unsubscribe(interest=found)
        return answer(request, "stopped", found.course)
    return answer(request, "stopped" if found.unsubscribed_at else "stop", found.course)


def broken_link(request):
    return answer(request, "broken", None, status=404)


def answer(request, state, course, *, status=200, **context):
    page = f"courses/interest/{state}.html"
    return unseen(render(request, page, {"course": course, **context}, status=status))


def unseen(response):
    """One person's page: no cache keeps it, and no search engine lists it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
