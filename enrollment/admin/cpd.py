"""Continuing professional development at the desk: submissions with their clock, awards, returns, the ledger."""

from datetime import timedelta

from django.contrib import admin, messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from courses.programme import changed, named, programme_of, title_fault
from enrollment import permissions
from enrollment.cpd import awarding, identity, returns, submissions
from enrollment.cpd.moves import CPD
from enrollment.cpd.transcript import plain
from enrollment.models import CpdEntry, CpdReturn, CpdSubmission
from enrollment.workflow import MoveRefused
from iiwam import office
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord, Record, moment
from .cpd_forms import ApproveForm, PlanForm, ReopenForm, SubmitForm, TakeBackForm
from .history import Step

Status = CpdSubmission.Status
TONES = {
    Status.PLANNED: "wait",
    Status.SUBMITTED: "info",
    Status.APPROVED: "ok",
    Status.DECLINED: "stop",
    Status.WITHDRAWN: "off",
    Status.REOPENED: "wait",
}
NEAR = timedelta(days=30)
ACTS = {
    "submit": Act(
        submissions.submit,
        _("It is with the scheme. The programme is frozen as it was sent."),
        form=SubmitForm,
        kind="primary",
        hint=_("Send the programme to the scheme first, then record it here with today’s date."),
    ),
    "approve": Act(
        submissions.approve,
        _(
            "The approval is on record. Its points are told while it stands, and the programme stays as it is."
        ),
        form=ApproveForm,
        kind="primary",
    ),
    "decline": Act(submissions.decline, _("It is on record that the scheme declined.")),
    "withdraw": Act(submissions.withdraw, _("It is withdrawn.")),
    "reopen": Act(
        submissions.reopen,
        _("The programme may change. Its points are told nowhere until it is approved again."),
        form=ReopenForm,
        kind="stop",
        hint=_("The approval ends today. Points earned before stay. A new submission is planned."),
    ),
}


def list_address(query: str = "") -> str:
    return reverse("admin:enrollment_cpdsubmission_changelist") + query


@office.waiting
def cpd_dates(request):
    if not permissions.may(request.user, "run_cpd"):
        return
    today = timezone.localdate()
    yield (
        _("Programmes to submit to a CPD scheme within 30 days"),
        len(submissions.to_submit(today, NEAR)),
        list_address("?due=submit"),
    )
    yield (
        _("Attendance to report to a CPD scheme"),
        len(submissions.to_report(today)),
        list_address("?due=report"),
    )


class DueFilter(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("submit", _("To submit within 30 days")), ("report", _("Attendance to report"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "submit":
                due = submissions.to_submit(today, NEAR)
            case "report":
                due = submissions.to_report(today)
            case _other:
                return queryset
        return queryset.filter(pk__in=[one.pk for one in due])


@admin.register(CpdSubmission)
class CpdSubmissionAdmin(ActingRecord):
    table, acts, subject = CPD, ACTS, "submission"
    page_template = "admin/enrollment/cpdsubmission/page.html"

    list_display = ["scheme", "of_course", "code", "state", "submit_until", "report_until"]
    list_display_links = ["scheme", "of_course"]
    list_filter = [DueFilter, "status", "scheme"]
    list_select_related = ["scheme", "course", "intake"]
    search_fields = ["course__title", "intake__code", "approval__reference"]
    search_help_text = _("Search by course, intake or code of the approval")

    def has_add_permission(self, request):
        return permissions.may(request.user, "run_cpd")

    def get_urls(self):
        view = self.admin_site.admin_view
        base = "enrollment_cpdsubmission"
        return [
            path("<int:pk>/award/", view(require_POST(self.award_view)), name=f"{base}_award"),
            path("<int:pk>/return/", view(require_POST(self.return_view)), name=f"{base}_return"),
            *super().get_urls(),
        ]

    @admin.display(description=_("course"), ordering="course__title")
    def of_course(self, submission):
        return submission.course.title

    @admin.display(description=_("intake"), ordering="intake__code")
    def code(self, submission):
        return submission.intake.code if submission.intake else _("all of them")

    @admin.display(description=_("status"), ordering="status")
    def state(self, submission):
        return status_tag(submission.get_status_display(), TONES[submission.status])

    @admin.display(description=_("submit until"))
    def submit_until(self, submission):
        return date_format(submission.submit_by, "j M Y") if submission.submit_by else None

    @admin.display(description=_("report until"))
    def report_until(self, submission):
        return date_format(submission.return_by, "j M Y") if submission.return_by else None

    # A new one

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise Http404
        form = PlanForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                made = submissions.plan(by=request.user, **form.cleaned_data)
                return HttpResponseRedirect(self.address(made))
            except MoveRefused as refused:
                form.add_error(None, str(refused))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Plan a submission"),
            "opts": self.opts,
            "form": form,
            "back": list_address(),
        }
        return TemplateResponse(request, "admin/enrollment/cpdsubmission/plan.html", context)

    # One

    def details(self, request, submission):
        today = timezone.localdate()
        approval = submission.approval
        found = awarding.standings(approval) if approval else []
        given = (
            identity.of_people(one.enrollment.learner_id for one in found)
            if submission.scheme.needs_ic
            else {}
        )
        return {
            "submission": submission,
            "approval": approval,
            "is_told": bool(approval and approval.grants_points(today)),
            "tone": TONES[submission.status],
            "days_to_submit": days_until(submission.submit_by, today),
            "title_fault": title_fault(submission.course.title, submission.scheme),
            "departed": named(changed(approval, programme_of(submission.course)))
            if approval and approval.programme
            else [],
            "standings": [(one, one.enrollment.learner_id in given, self.may(request, one)) for one in found],
            "ready": sum(one.is_ready and self.may(request, one) for one in found),
            "may_report": permissions.may(request.user, "report_cpd"),
            "reportable": len(returns.reportable(submission)),
            "taken_back": returns.taken_back_since(submission),
            "returns": submission.returns.all(),
            "steps": [step(event) for event in submission.history.order_by("-at", "-pk")],
            "planned_anew": getattr(submission, "renewal", None),
        }

    def may(self, request, standing) -> bool:
        return awarding.may_award(request.user, standing.enrollment)

    def award_view(self, request, pk):
        """Gives the points to whoever is ticked; each refusal is a sentence with its name."""
        submission = self.find(request, pk)
        if submission.approval is None:
            raise Http404
        ticked = [
            int(value) for value in request.POST.getlist("learner") if value.isascii() and value.isdecimal()
        ]
        chosen = awarding.learners_of(submission.approval).filter(
            pk__in=[one for one in ticked if one < 2**31]
        )
        done = awarding.award_many(approval=submission.approval, enrollments=chosen, by=request.user)
        for enrollment, _entry, refusal in done:
            if refusal:
                messages.warning(
                    request, f"{enrollment.application.legal_name or enrollment.learner}: {refusal}"
                )
        number = sum(entry is not None for _one, entry, _refusal in done)
        words = ngettext("%d learner has the points.", "%d learners have the points.", number) % number
        messages.success(request, words) if number else messages.warning(request, _("Nobody was chosen."))
        return HttpResponseRedirect(self.address(submission))

    def return_view(self, request, pk):
        """The list as a file; that it was taken, by whom and about whom is on record."""
        submission = self.find(request, pk)
        try:
            record, content = returns.take(submission=submission, by=request.user)
        except MoveRefused as refused:
            return self.go_back(request, submission, str(refused))
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = f"{submission.scheme.key}-{submission.approval.reference}-{record.at:%Y%m%d}.csv"
        response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-"))
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def step(event) -> Step:
    words = dict(Status.choices)
    label = CPD[event.move].label if event.move in CPD else _("Planned")
    return Step(label, event, words.get(event.from_status, ""), words.get(event.to_status, ""))


def days_until(day, today) -> int | None:
    return (day - today).days if day else None


@admin.register(CpdEntry)
class CpdEntryAdmin(Record):
    """The ledger, line by line; a line is taken back by another."""

    list_display = ["earned_on", "name", "of_scheme", "how_much", "title", "event_code", "state", "entered"]
    list_filter = ["scheme"]
    list_select_related = ["scheme", "enrollment__application", "learner", "counter_entry"]
    search_fields = ["enrollment__application__legal_name", "learner__email", "event_code", "title"]
    search_help_text = _("Search by name, email address, code or activity")
    date_hierarchy = "earned_on"
    ordering = ["-at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(learner=request.user)

    def get_urls(self):
        both = require_http_methods(["GET", "HEAD", "POST"])(self.take_back_view)
        view = self.admin_site.admin_view(both)
        return [path("<int:pk>/take-back/", view, name="enrollment_cpdentry_take_back"), *super().get_urls()]

    @admin.display(description=_("name"), ordering="enrollment__application__legal_name")
    def name(self, entry):
        return entry.enrollment.application.legal_name or entry.learner

    @admin.display(description=_("scheme"))
    def of_scheme(self, entry):
        return entry.scheme.name

    @admin.display(description=_("amount"), ordering="amount")
    def how_much(self, entry):
        return f"{plain(entry.amount)} {entry.scheme.get_unit_display()}"

    @admin.display(description=_("status"))
    def state(self, entry):
        if entry.corrects_id:
            return status_tag(_("Counter-entry"), "off")
        return (
            status_tag(_("Taken back"), "stop")
            if hasattr(entry, "counter_entry")
            else status_tag(_("Stands"), "ok")
        )

    @admin.display(description=_("entered"), ordering="at")
    def entered(self, entry):
        return f"{moment(entry.at)}, {entry.by_name}"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self.take_back_view(request, object_id)

    def take_back_view(self, request, pk):
        entry = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if entry is None:
            raise Http404
        form = TakeBackForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self.taken_back(request, entry, form.cleaned_data["note"])
        may = awarding.may_award(request.user, entry.enrollment)
        is_open = entry.corrects_id is None and not hasattr(entry, "counter_entry")
        context = {
            **self.admin_site.each_context(request),
            "title": str(entry),
            "opts": self.opts,
            "original": entry,
            "entry": entry,
            "form": form if may and is_open else None,
            "back": reverse("admin:enrollment_cpdentry_changelist"),
        }
        return TemplateResponse(request, "admin/enrollment/cpdsubmission/entry.html", context)

    def taken_back(self, request, entry, note):
        try:
            awarding.take_back(entry=entry, by=request.user, note=note)
            messages.success(request, _("A counter-entry is in the ledger."))
        except MoveRefused as refused:
            messages.warning(request, str(refused))
        return HttpResponseRedirect(reverse("admin:enrollment_cpdentry_changelist"))


@admin.register(CpdReturn)
class CpdReturnAdmin(Record):
    """Who took which attendance return, and when; the lists themselves are not kept."""

    list_display = ["when", "of_scheme", "submission", "lines", "by_name", "columns"]
    list_select_related = ["submission__scheme", "submission__intake__course", "submission__course"]
    list_filter = ["submission__scheme"]
    list_display_links = None

    @admin.display(description=_("taken"), ordering="at")
    def when(self, record):
        return moment(record.at)

    @admin.display(description=_("scheme"))
    def of_scheme(self, record):
        return record.submission.scheme.name
