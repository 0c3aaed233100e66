"""The same act for many applications: asked once, done one by one, with a line for each on what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import admissions, permissions
from enrollment.models import Application
from enrollment.workflow import MoveRefused

from .forms import QuotedReasonForm, ReasonForm
from .review_forms import AssignForm

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class BulkAct:
    """A verb for many, and what is asked before it."""

    label: str | Promise
    verb: Callable[..., Any]
    form: type[forms.Form]
    right: str
    kind: str = "primary"


@dataclass(frozen=True)
class Outcome:
    """What became of one application."""

    application: Application
    is_done: bool
    words: str


BULK_ACTS = {
    "assign": BulkAct(
        gettext_lazy("Assign to a reviewer"), admissions.assign_reviewer, AssignForm, "review_application"
    ),
    "start_review": BulkAct(
        gettext_lazy("Start the review"), admissions.start_review, ReasonForm, "review_application"
    ),
    "offer_place": BulkAct(
        gettext_lazy("Offer a place"), admissions.offer_place, ReasonForm, "decide_application"
    ),
    "waitlist": BulkAct(
        gettext_lazy("Put on the waiting list"), admissions.waitlist, ReasonForm, "decide_application"
    ),
    "decline": BulkAct(
        gettext_lazy("Decline"), admissions.decline, QuotedReasonForm, "decide_application", "stop"
    ),
}


def do_each(act: BulkAct, applications, by: Any, answers: dict[str, Any]) -> list[Outcome]:
    """Each in a transaction of its own: what one is refused costs the others nothing."""
    return [do_one(act, application, by, answers) for application in applications]


def do_one(act: BulkAct, application: Application, by: Any, answers: dict[str, Any]) -> Outcome:
    try:
        act.verb(application=application, by=by, **answers)
    except MoveRefused as refused:
        application.refresh_from_db()
        return Outcome(application, False, str(refused))
    return Outcome(application, True, _("Done: “%s”.") % application.get_status_display())


class BulkActs:
    """Actions over the list of applications."""

    def get_actions(self, request):
        """Those that this person may use; deleting is none of them."""
        return {
            name: (run(name), name, act.label)
            for name, act in BULK_ACTS.items()
            if permissions.may(request.user, act.right)
        }

    def bulk_page(self, request, queryset, name):
        """First what is asked and about whom; once that is answered, what became of each."""
        act = BULK_ACTS[name]
        chosen = list(queryset.select_related("intake__course", "applicant")[: MOST_AT_ONCE + 1])
        if not 0 < len(chosen) <= MOST_AT_ONCE:
            words = _("Choose one to %(number)s applications of this list.") % {"number": MOST_AT_ONCE}
            self.message_user(request, words, messages.WARNING)
            return None
        form = self.bulk_form(request, act, chosen)
        outcomes = None
        if "confirmed" in request.POST and form.is_valid():
            outcomes = do_each(act, chosen, request.user, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": act.label,
            "opts": self.opts,
            "act": act,
            "name": name,
            "chosen": chosen,
            "form": form,
            "outcomes": outcomes,
            "done": sum(outcome.is_done for outcome in outcomes or ()),
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "kept": request.GET.urlencode(),
        }
        return TemplateResponse(request, "admin/enrollment/application/bulk.html", context)

    def bulk_form(self, request, act: BulkAct, chosen) -> forms.Form:
        given = request.POST if "confirmed" in request.POST else None
        if act.form is AssignForm:
            return AssignForm(given, intakes={application.intake_id for application in chosen})
        return act.form(given)


def run(name: str) -> Callable:
    def action(model_admin: admin.ModelAdmin, request, queryset):
        return model_admin.bulk_page(request, queryset, name)

    return action
