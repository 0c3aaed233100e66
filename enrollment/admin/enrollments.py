"""The registrar's list: who studies, what is outstanding, who can be awarded."""

from dataclasses import replace
from functools import partial

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from enrollment import admissions, award_runs, certification, completion, licenses, permissions, practice
from enrollment.models import Enrollment
from enrollment.transitions import ENROLLMENT
from enrollment.workflow import MoveRefused
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord
from .extra_attempts import ExtraAttempts
from .filters import IntakeFilter
from .forms import ConfirmForm, QuotedReasonForm, RenewalForm, SkillForm, WaiverForm
from .history import steps
from .letters import LETTER_TONES
from .standing import outstanding_counts, ready_for_award

TONES = {
    Enrollment.Status.ACTIVE: "half",
    Enrollment.Status.COMPLETED: "ok",
    Enrollment.Status.WITHDRAWN: "off",
}


def nothing_is_outstanding(enrollment, at):
    owed = completion.outstanding(enrollment)
    return _("Still outstanding: see what the award asks for.") if owed else None


def issue(*, enrollment, by):
    return certification.issue_certificate(enrollment=enrollment, by=by)


def give_up(*, enrollment, by, note):
    return admissions.leave(application=enrollment.application, by=by, note=note)


ACTS = {
    "complete": Act(
        issue,
        _("The certificate is issued, and its holder has been told."),
        form=ConfirmForm,
        kind="primary",
        hint=_(
            "Name, title, hours and scope are frozen as they are now. Later changes never reach the certificate."
        ),
    ),
    "renew_license": Act(
        licenses.record_license,
        _("The licence is on record, and the learner has been told."),
        form=RenewalForm,
        hint=_("Practical days up to its last day are held no longer."),
    ),
    "withdraw": Act(
        give_up, _("The place is given up and its seat is free."), form=QuotedReasonForm, kind="stop"
    ),
}
# What completes an enrollment is its certificate: one button for both, and only when nothing is outstanding.
TABLE = {
    **ENROLLMENT,
    "complete": replace(ENROLLMENT["complete"], label=_("Issue certificate"), guard=nothing_is_outstanding),
    # Its letter names the day that is only being written now, so there is nothing true to preview.
    "renew_license": replace(ENROLLMENT["renew_license"], letter=""),
    "withdraw": replace(ENROLLMENT["withdraw"], letter="place-given-up", who=permissions.may_issue),
}


class ReadyFilter(admin.SimpleListFilter):
    title = _("award")
    parameter_name = "award"

    def lookups(self, request, model_admin):
        return [("ready", _("Ready for award")), ("awarded", _("Certificate issued"))]

    def queryset(self, request, queryset):
        if self.value() == "ready":
            return ready_for_award(queryset)
        if self.value() == "awarded":
            return queryset.filter(certificates__isnull=False)
        return queryset


@admin.register(Enrollment)
class EnrollmentAdmin(ExtraAttempts, ActingRecord):
    table, acts, subject = TABLE, ACTS, "enrollment"
    page_template = "admin/enrollment/enrollment/page.html"

    list_display = ["name", "course", "for_intake", "state", "outstanding", "enrolled_at"]
    list_filter = ["status", ReadyFilter, IntakeFilter]
    list_select_related = ["learner", "application", "intake__course"]
    search_fields = [
        "application__legal_name",
        "learner__full_name",
        "learner__email",
        "application__reference",
    ]
    search_help_text = _("Search by name, email address or reference of the application")
    date_hierarchy = "enrolled_at"
    actions = ["issue_certificates"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(learner=request.user)

    def get_urls(self):
        skill = self.admin_site.admin_view(require_POST(self.skill_view))
        waive = self.admin_site.admin_view(require_POST(self.waive_view))
        return [
            path("<int:pk>/skill/", skill, name="enrollment_enrollment_skill"),
            path("<int:pk>/waive/", waive, name="enrollment_enrollment_waive"),
            *super().get_urls(),
        ]

    def get_changelist_instance(self, request):
        """All rows of the page learn what they owe in one go."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        counts = outstanding_counts(changes.result_list)
        for enrollment in changes.result_list:
            enrollment.owed = counts[enrollment.pk]
        return changes

    @admin.display(description=_("learner"), ordering="application__legal_name")
    def name(self, enrollment):
        return enrollment.application.legal_name or enrollment.learner

    @admin.display(description=_("course"), ordering="intake__course__title")
    def course(self, enrollment):
        return enrollment.intake.course

    @admin.display(description=_("intake"), ordering="intake__code")
    def for_intake(self, enrollment):
        return enrollment.intake.code

    @admin.display(description=_("status"), ordering="status")
    def state(self, enrollment):
        return status_tag(enrollment.get_status_display(), TONES[enrollment.status])

    @admin.display(description=_("outstanding"))
    def outstanding(self, enrollment):
        if enrollment.status != Enrollment.Status.ACTIVE:
            return None
        return enrollment.owed or status_tag(_("Ready for award"), "ok")

    # Awarding many at once

    def has_issue_permission(self, request):
        return permissions.may(request.user, "issue_certificate")

    @admin.action(description=_("Issue certificates"), permissions=["issue"])
    def issue_certificates(self, request, queryset):
        """In the background, for a thousand as for two; the page that opens shows how far it is."""
        try:
            run = award_runs.start_run(enrollments=queryset, by=request.user)
        except MoveRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
            return None
        return redirect("admin:enrollment_awardrun_change", run.pk)

    # One learner

    def title(self, enrollment):
        return f"{enrollment.application.legal_name or enrollment.learner}, {enrollment.intake.code}"

    def details(self, request, enrollment):
        may_assess = permissions.may_assess(request.user, enrollment)
        letters = enrollment.letters.all() if request.user.has_perm("enrollment.view_letter") else ()
        return {
            "enrollment": enrollment,
            "tone": TONES[enrollment.status],
            "requirements": completion.requirements(enrollment),
            "may_waive": completion.may_waive(request.user, enrollment),
            "certificate": enrollment.certificates.first(),
            "entries": enrollment.logbook.all(),
            **self.attempts_shown(request, enrollment),
            "days": enrollment.attendance.select_related("training_day", "marked_by"),
            "checks": enrollment.competency_checks.select_related("competency", "assessor"),
            "skill_form": skill_form(enrollment) if may_assess and is_active(enrollment) else None,
            "letters": [(letter, LETTER_TONES[letter.status]) for letter in letters],
            "steps": list(steps(enrollment, enrollment.certificates.first())),
        }

    def waive_view(self, request, pk):
        """Sets one thing aside, or asks for it again; both with a reason."""
        enrollment = self.find(request, pk)
        form = WaiverForm(request.POST)
        if not form.is_valid():
            return self.go_back(request, enrollment, _("Give a reason: it is kept with the waiver."))
        key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
        waiver = enrollment.award_waivers.filter(key=key).first()
        if waiver and "again" in request.POST:
            act = partial(completion.withdraw_waiver, waiver=waiver, note=reason)
            return self.attempt(request, enrollment, _("It is asked for again."), act)
        act = partial(completion.waive, enrollment=enrollment, key=key, note=reason)
        return self.attempt(request, enrollment, _("It is set aside, with your reason."), act)

    def skill_view(self, request, pk):
        enrollment = self.find(request, pk)
        form = skill_form(enrollment, request.POST)
        if not form.is_valid():
            return self.page(request, enrollment, skill_form=form)
        act = partial(practice.check_competency, enrollment=enrollment, **form.cleaned_data)
        return self.attempt(request, enrollment, _("Your judgement is on record."), act)


def is_active(enrollment) -> bool:
    return enrollment.status == Enrollment.Status.ACTIVE


def skill_form(enrollment, given=None) -> SkillForm:
    form = SkillForm(given)
    form.fields["competency"].queryset = enrollment.intake.course.competencies.all()
    return form
