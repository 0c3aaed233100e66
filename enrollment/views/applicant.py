"""The applicant's road: begin, see where things stand, answer an offer, withdraw."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import EvidenceRequirement, Intake

from .. import admissions, seats
from ..completeness import SectionStatus, Standing, standings
from ..eligibility import concerns
from ..forms.notes import NoteForm
from ..models import Application, Document
from ..opinions import open_request, still_asked
from ..questionnaire import SECTIONS, Questionnaire
from ..transcript import changes
from ..transitions import APPLICATION
from ..workflow import MoveRefused, available_moves, refusal
from .beginning import beginning_of, offered_intake, take_up
from .finding import answer_refusal, asked, own_application, request_note, to_application
from .road import happened, still_to_come

TONES = {
    SectionStatus.NOT_STARTED: "none",
    SectionStatus.IN_PROGRESS: "half",
    SectionStatus.COMPLETED: "ok",
}


# Begin


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What applying takes, for everyone; who is signed in begins with one button."""
    intake = offered_intake(code)
    if request.method != "POST":
        return show_start(request, intake)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    begun = beginning_of(request, intake)
    try:
        if begun:
            application = take_up(request, begun)
        else:
            application = admissions.start_application(applicant=request.user, intake=intake)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect("enrollment:start", code=intake.code)
    return to_application(application)


def show_start(request: HttpRequest, intake: Intake) -> HttpResponse:
    course, now = intake.course, timezone.now()
    context = {
        "intake": intake,
        "course": course,
        "audiences": course.audiences.select_related("profession"),
        "evidence": by_profession(course.evidence_requirements.select_related("profession")),
        "seats": seats.ledger(intake),
        "is_open": intake.accepts_applications(now),
        "now": now,
        "opens_later": intake.applications_open_at is not None and intake.applications_open_at > now,
        "begun": request.user.is_authenticated and beginning_of(request, intake),
        "present": Application.objects.of(request.user).live().filter(intake=intake).first(),
    }
    return render(request, "enrollment/applicant/start.html", context)


def by_profession(asked: Iterable[EvidenceRequirement]) -> list[tuple[str | Promise, list]]:
    """What everyone is asked for, then what each profession is."""
    groups: dict = {}
    for document in asked:
        groups.setdefault(document.profession, []).append(document)
    order = sorted(groups, key=lambda profession: profession.position if profession else -1)
    return [(people.name_plural if people else _("Everyone"), groups[people]) for people in order]


# Where things stand


@login_required
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Everything this person has applied for, newest first."""
    mine = Application.objects.of(request.user).select_related("intake__course")
    return render(request, "enrollment/applicant/applications.html", {"applications": mine})


@login_required
@require_safe
def application(request: HttpRequest, reference: str) -> HttpResponse:
    """The task list while it is a draft; afterwards where it stands, what happens next and who acts."""
    application = own_application(request, reference)
    context = {
        "application": application,
        "intake": application.intake,
        "letters": application.letters.all(),
        "seats": seats.ledger(application.intake),
        **(tasks(application) if application.is_editable else {}),
    }
    if application.status == Application.Status.DRAFT:
        return render(request, "enrollment/applicant/tasks.html", context)
    context |= {
        "moves": available_moves(APPLICATION, application, by=request.user),
        "done": happened(application.history.all(), application.evidence_history.changes()),
        "todo": still_to_come(application),
        "request_note": request_note(application),
        "asked": asked(application),
    }
    return render(request, f"enrollment/applicant/status/{application.status}.html", context)


def tasks(application: Application) -> dict:
    """The sections with how far each is, for the task list, and what speaks against the course so far."""
    rows = asked_tasks(application) or [
        task(application, one) for one in standings(Questionnaire(application))
    ]
    done = sum(tone == "ok" for *_rest, tone, _hint in rows)
    found = concerns(application)
    onward = next((row[:2] for row in rows if row[3] != "ok"), None)
    return {
        "tasks": rows,
        "finished": done,
        "is_complete": done == len(rows),
        "onward": onward,
        "concerns": found,
    }


def asked_tasks(application: Application) -> list[tuple]:
    """The sections that a request opens; none without one."""
    if (request := open_request(application)) is None:
        return []
    missing = still_asked(application, on=timezone.localdate())
    changed = {change.section for change in changes(request.former, application)}
    return [
        asked_task(key, missing.get(key, []), key in changed)
        for key in Questionnaire(application).sections
        if request.opens(key)
    ]


def asked_task(key: str, missing: list[str], is_changed: bool) -> tuple:
    """A section that a request opens is there already, so what counts is whether it was changed since."""
    label = SECTIONS[key].label
    if missing:
        return key, label, _("Something is missing"), "wait", still_missing(key, missing)
    return (
        (key, label, _("Changed"), "ok", "") if is_changed else (key, label, _("Not changed yet"), "none", "")
    )


def task(application: Application, standing: Standing) -> tuple:
    key, label, missing = standing.section, SECTIONS[standing.section].label, standing.missing
    if key == "evidence" and missing and application.documents.filter(status=Document.Status.REJECTED):
        return key, label, _("Action needed"), "wait", _("A document was not accepted.")
    hint = "" if standing.status == SectionStatus.NOT_STARTED or not missing else still_missing(key, missing)
    return key, label, standing.status.label, TONES[standing.status], hint


def still_missing(section: str, missing: list[str]) -> str:
    if section == "evidence":
        words = ngettext("One document is missing", "%(number)s documents are missing", len(missing))
    elif section in ("declarations", "consents"):
        words = ngettext("One statement to agree to", "%(number)s statements to agree to", len(missing))
    else:
        words = ngettext("One answer is missing", "%(number)s answers are missing", len(missing))
    return words % {"number": len(missing)}


# Answer an offer, withdraw, leave


def act(move: str, *, title: str | Promise, keeps_note: bool = True):
    """A page that asks once and then does what its button says; verb and move have one name."""

    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        application = own_application(request, reference)
        if sentence := refusal(APPLICATION, application, move, by=request.user):
            return too_late(request, application, move, MoveRefused(sentence))
        form = (
            NoteForm(
                request.POST if request.method == "POST" else None, required=APPLICATION[move].needs_note
            )
            if keeps_note
            else None
        )
        if request.method != "POST" or (form and not form.is_valid()):
            context = {"application": application, "form": form, "title": title}
            context["moves"] = available_moves(APPLICATION, application, by=request.user)
            return render(request, f"enrollment/applicant/confirm/{move}.html", context)
        try:
            getattr(admissions, move)(application=application, by=request.user, **words(form))
        except MoveRefused as refused:
            application.refresh_from_db()
            return too_late(request, application, move, refused)
        return to_application(application)

    return view


def words(form: NoteForm | None) -> dict[str, str]:
    return {"note": form.cleaned_data["note"]} if form else {}


def too_late(request: HttpRequest, application: Application, move: str, refused: MoveRefused) -> HttpResponse:
    """A second click finds its wish fulfilled and needs no excuse; anything else reads why it can't be."""
    if application.status == APPLICATION[move].target:
        return to_application(application)
    return answer_refusal(request, application, refused)


accept_offer = act("accept_offer", title=gettext_lazy("Accept the place"), keeps_note=False)
decline_offer = act("decline_offer", title=gettext_lazy("Decline the place"))
keep_waiting = act("keep_waiting", title=gettext_lazy("Keep waiting for your first choice"))
withdraw = act("withdraw", title=gettext_lazy("Withdraw this application"))
leave = act("leave", title=gettext_lazy("Give up your place"))
