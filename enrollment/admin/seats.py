"""One page that explains the seats of an intake, row by row, and the acts on the intake as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Intake
from enrollment import admissions, payments, permissions, seats
from enrollment.models import Application, Enrollment, IntakeChange
from enrollment.views.road import PLACE_TONES
from enrollment.workflow import MoveRefused

from .forms import QuotedReasonForm, ReasonForm


class CapacityForm(ReasonForm):
    field_order = ["capacity", "note"]
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=1000)

    def __init__(self, intake: Intake, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["capacity"].initial = intake.capacity
        self.fields["note"].help_text = _("It stays in the history of this intake, for staff.")


class MoveForm(QuotedReasonForm):
    field_order = ["applications", "target", "note"]
    applications = forms.ModelMultipleChoiceField(
        Application.objects.none(),
        label=_("Who moves"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who moves.")},
    )
    target = forms.ModelChoiceField(
        Intake.objects.none(), label=_("To this intake"), empty_label=_("Choose an intake")
    )

    def __init__(self, intake: Intake, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = Application.objects.live().filter(intake=intake).select_related("applicant")
        self.fields["applications"].queryset = people.order_by("status", "legal_name", "pk")
        self.fields["applications"].label_from_instance = person_line
        others = intake.course.intakes.exclude(pk=intake.pk).exclude(status=Intake.Status.CANCELLED)
        self.fields["target"].queryset = others


class ClosingForm(ReasonForm):
    def __init__(self, intake: Intake, *args, **kwargs):
        super().__init__(*args, **kwargs)


class CancelForm(QuotedReasonForm):
    def __init__(self, intake: Intake, *args, **kwargs):
        super().__init__(*args, **kwargs)


def person_line(application: Application) -> str:
    name = application.legal_name or application.applicant
    return f"{name}, {application.reference}: {application.get_status_display()}"


@dataclass(frozen=True)
class IntakeAct:
    """An act on the whole intake: its words, what is asked, and the verb behind it."""

    label: str | Promise
    about: str | Promise
    form: Callable[..., forms.Form]
    verb: Callable[..., str]
    kind: str = "primary"


def set_capacity(intake: Intake, by: Any, capacity: int, note: str) -> str:
    admissions.change_capacity(intake=intake, capacity=capacity, by=by, note=note)
    return _("The number of seats is changed. Free seats have gone to the waiting list.")


def bring_over(intake: Intake, by: Any, applications, target: Intake, note: str) -> str:
    moved = admissions.change_intake(applications=applications, intake=target, by=by, note=note)
    return ngettext(
        "%(number)s person has moved and has a letter.",
        "%(number)s people have moved, and each has a letter.",
        len(moved),
    ) % {"number": len(moved)}


def close(intake: Intake, by: Any, note: str) -> str:
    admissions.change_status(intake=intake, status=Intake.Status.CLOSED, by=by, note=note)
    return _("The intake takes no more applications. Whoever had begun one has a letter.")


def cancel(intake: Intake, by: Any, note: str) -> str:
    ended = admissions.cancel_intake(intake=intake, by=by, note=note)
    return ngettext(
        "The intake is cancelled. %(number)s person has a letter.",
        "The intake is cancelled. %(number)s people have a letter each.",
        ended,
    ) % {"number": ended}


ACTS = {
    "capacity": IntakeAct(
        _("Change the number of seats"),
        _("New seats go to the waiting list at once. Fewer than are taken or offered is not possible."),
        CapacityForm,
        set_capacity,
    ),
    "move": IntakeAct(
        _("Move people to another intake"),
        _(
            "Seat, offer and place in line go along, on the terms that were offered. All whom you choose move, or "
            "nobody does. Each has a letter with your reason, and the seats they leave go to the waiting list."
        ),
        MoveForm,
        bring_over,
    ),
    "close": IntakeAct(
        _("Close to applications"),
        _(
            "Applications that were sent go on. Whoever has begun one without sending it is told that this "
            "intake takes no more."
        ),
        ClosingForm,
        close,
        kind="stop",
    ),
    "cancel": IntakeAct(
        _("Cancel the intake"),
        _(
            "Every application for it ends, offers and places included, and each person has a letter with your "
            "reason. Move people to another intake first, if there is one for them. This cannot be undone."
        ),
        CancelForm,
        cancel,
        kind="stop",
    ),
}


class SeatPages:
    """For the admin of intakes: `<pk>/seats/` explains, `<pk>/seats/<act>/` asks and acts."""

    def get_urls(self):
        page = self.admin_site.admin_view(require_safe(self.seats_view))
        act = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.seats_act_view))
        return [
            path("<int:pk>/seats/", page, name="courses_intake_seats"),
            path("<int:pk>/seats/<slug:name>/", act, name="courses_intake_seats_act"),
            *super().get_urls(),
        ]

    def seats_view(self, request, pk):
        intake = self.find(request, pk)
        return self.seats_page(request, intake, "seats", title=str(intake), **explained(intake, request.user))

    def seats_act_view(self, request, pk, name):
        """The page of one act; posting it calls the verb, and a refusal is a sentence on the page of the seats."""
        intake = self.find(request, pk)
        if name not in acts_of(intake, request.user):
            raise Http404
        act = ACTS[name]
        form = act.form(intake, request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            context = {"act": act, "form": form, "title": act.label, "seats": seats.ledger(intake)}
            return self.seats_page(request, intake, "act", **context)
        try:
            messages.success(request, act.verb(intake, by=request.user, **form.cleaned_data))
        except MoveRefused as refused:
            messages.warning(request, str(refused))
        return HttpResponseRedirect(seats_address(intake))

    def seats_page(self, request, intake, page, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": intake,
            "intake": intake,
            "back": seats_address(intake),
            **context,
        }
        return TemplateResponse(request, f"admin/enrollment/intake/{page}.html", context)


def seats_address(intake: Intake) -> str:
    return reverse("admin:courses_intake_seats", args=[intake.pk])


def acts_of(intake: Intake, by: Any) -> dict[str, IntakeAct]:
    """What this person can do with the intake now."""
    possible = set()
    if permissions.may_run_intakes(by) and intake.status != Intake.Status.CANCELLED:
        possible |= {"capacity"} | ({"close"} if intake.status != Intake.Status.CLOSED else set())
        if permissions.may_see_places(by, intake.pk):
            possible |= {"move", "cancel"}
    return {name: act for name, act in ACTS.items() if name in possible}


def explained(intake: Intake, by: Any) -> dict[str, Any]:
    """The sum, the rows behind each of its numbers for those who may know names, and how it came about."""
    has_names = permissions.may_see_places(by, intake.pk)
    return {
        "seats": seats.ledger(intake),
        "acts": acts_of(intake, by),
        "changes": [in_words(change) for change in intake.changes.order_by("-at", "-pk")],
        "has_names": has_names,
        **(rows(intake) if has_names else {}),
    }


def rows(intake: Intake) -> dict[str, Any]:
    people = Application.objects.select_related("applicant", "second_choice")
    enrolled = (
        Enrollment.objects.taking_a_seat()
        .filter(intake=intake)
        .select_related("application__applicant")
        .order_by("enrolled_at", "pk")
    )
    accounts = payments.accounts([enrollment.application for enrollment in enrolled])
    return {
        "enrolled": [(enrollment, *standing(accounts[enrollment.application_id])) for enrollment in enrolled],
        "offered": people.filter(intake=intake).holding_a_seat().order_by("offer_expires_at", "pk"),
        "waiting": people.filter(pk__in=seats.waiting_for(intake)).order_by("waitlisted_at", "pk"),
        "elsewhere": people.filter(pk__in=seats.second_choices_of(intake))
        .select_related("intake", "applicant")
        .order_by("waitlisted_at", "pk"),
        "now": timezone.now(),
    }


def standing(account: payments.Account) -> tuple[str | Promise, str]:
    return account.standing.label, PLACE_TONES[account.standing]


def in_words(change: IntakeChange) -> tuple[IntakeChange, str, str]:
    words = dict(Intake.Status.choices) if change.what == IntakeChange.What.STATUS else {}
    return change, words.get(change.before, change.before), words.get(change.after, change.after)
