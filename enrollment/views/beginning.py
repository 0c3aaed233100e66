"""Beginning without an account: the first section, then the account on the way, then the draft."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Course, Intake
from iiwam import limits
from iiwam.accounts import addresses

from .. import beginnings
from ..forms.beginning import BeginForm, first_answers
from ..models import Beginning
from ..questionnaire import SECTIONS
from ..workflow import MoveRefused

SESSION_KEY = "application_begun"
MOST_AN_HOUR = 20


def offered_intake(code: str) -> Intake:
    """An intake that is announced, of a course that takes applications; or “not found”."""
    announced = Intake.objects.announced().select_related("course")
    return get_object_or_404(announced, code=code, course__enrolment=Course.Enrolment.OPEN)


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, code: str) -> HttpResponse:
    """The first section for a stranger; what is good of it is kept, and the account is made next."""
    intake = offered_intake(code)
    if request.user.is_authenticated or not intake.accepts_applications(timezone.now()):
        return redirect("enrollment:start", code=intake.code)
    form = BeginForm(request.POST if request.method == "POST" else None, intake=intake)
    if request.method == "POST" and form.is_valid() and may_begin(request, form):
        return keep(request, intake, form)
    context = {"intake": intake, "course": intake.course, "form": form, "title": SECTIONS["about"].label}
    return render(request, "enrollment/applicant/begin.html", context)


def may_begin(request: HttpRequest, form: BeginForm) -> bool:
    if limits.allow("begin", limits.address_of(request), most=MOST_AN_HOUR, seconds=3600):
        return True
    form.add_error(None, _("Too many applications were begun from here. Wait an hour, or sign in."))
    return False


def keep(request: HttpRequest, intake: Intake, form: BeginForm) -> HttpResponse:
    email = form.cleaned_data["email"]
    try:
        beginning = beginnings.begin(email=email, intake=intake, answers=form.typed)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect("enrollment:start", code=intake.code)
    request.session[SESSION_KEY] = beginning.token
    addresses.carry(request.session, email)
    onward = {"next": reverse("enrollment:begun", args=[intake.code])}
    return redirect(f"{reverse('account_signup')}?{urlencode(onward)}")


@login_required
@require_safe
def begun(request: HttpRequest, code: str) -> HttpResponse:
    """Back with an account: what this person typed before is their draft now, and the next section is shown."""
    intake = offered_intake(code)
    beginning = beginning_of(request, intake)
    if beginning is None:
        return redirect("enrollment:start", code=intake.code)
    try:
        application = take_up(request, beginning)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect("enrollment:start", code=intake.code)
    messages.success(
        request, _("Saved. Your reference is %s; we have sent it to you.") % application.reference
    )
    return redirect("enrollment:section", application.reference, "profession")


def beginning_of(request: HttpRequest, intake: Intake) -> Beginning | None:
    return beginnings.of(request.user, intake, request.session.get(SESSION_KEY, ""))


def take_up(request: HttpRequest, beginning: Beginning):
    """The first answers become a draft of this person, once."""
    form = first_answers(beginning)
    said = form.good_answers
    application = beginnings.take_up(
        beginning=beginning,
        person=request.user,
        answers={name: value for name, value in said.items() if name not in form.added},
        extra_answers={name: value for name, value in said.items() if name in form.added},
    )
    request.session.pop(SESSION_KEY, None)
    addresses.forget_carried(request.session)
    return application
