"""Ask the office a question about a course, or about anything: one form, without an account and without a cookie."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from iiwam.forgery import is_from_here
from iiwam.limits import address_of, allow
from iiwam.views import csrf_failure, too_many_requests

from .. import enquiries
from ..forms.enquiry import EnquiryForm
from ..models import Course

MINUTE, HOUR, DAY = 60, 3_600, 86_400
ASKED_FROM_ONE_PLACE = 10
ASKED_FROM_ONE_ADDRESS = 5


# Without a token, as on the form for interest: a stranger may write to the office anyway, so there is no right of the
# visitor's to abuse. What is left, filling a mailbox, is counted for each place and for each address.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, slug=None):
    course = course_of(slug)
    if request.method != "POST":
        return show(request, course, EnquiryForm(initial={"profession": request.GET.get("profession")}))
    if not is_from_here(request):
        return csrf_failure(request)
    if not allow("enquiries", address_of(request), most=ASKED_FROM_ONE_PLACE, seconds=HOUR):
        return too_many_requests(request)
    return take(request, course, EnquiryForm(request.POST))


def take(request, course, form):
    if not form.is_valid():
        return show(request, course, form)
    # Programs, second presses and whoever asks too often get the same answer as everybody.
    if not form.is_from_a_program and is_new(course, form.asked):
        enquiries.ask(course=course, **form.asked)
    return redirect("courses:asked", course.slug) if course else redirect("courses:asked_anything")


def is_new(course, asked) -> bool:
    words = "\n".join([str(course and course.pk), asked["email"], asked["text"]])
    return allow("enquiry-twice", words, most=1, seconds=30 * MINUTE) and allow(
        "enquiry-address", asked["email"], most=ASKED_FROM_ONE_ADDRESS, seconds=DAY
    )


def show(request, course, form):
    return render(request, "courses/enquiry/form.html", {"course": course, "form": form})


@require_safe
def asked(request, slug=None):
    response = render(request, "courses/enquiry/asked.html", {"course": course_of(slug)})
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def course_of(slug: str | None) -> Course | None:
    return get_object_or_404(Course.objects.published(), slug=slug) if slug else None
