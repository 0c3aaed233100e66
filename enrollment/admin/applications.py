"""The application desk: a queue, and for each application one page with all that a decision needs."""

from functools import partial

from django.contrib import admin
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from enrollment import admissions
from enrollment.models import Application
from enrollment.transitions import APPLICATION
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord
from .desk import desk
from .filters import IntakeFilter
from .forms import QuotedReasonForm, ReviewForm, VerdictForm, WaiverForm
from .queue import TONES, ReviewerFilter, StatusFilter

ACTS = {
    "start_review": Act(
        admissions.start_review,
        _("The review has started and the applicant has been told."),
        suggestion=_("A reviewer is now reading your application and checking your documents."),
        kind="primary",
    ),
    "request_information": Act(
        admissions.request_information,
        _("The applicant has been asked, and can change answers again."),
        form=QuotedReasonForm,
    ),
    "offer_place": Act(
        admissions.offer_place,
        _("A place is offered, and its seat is held until the answer-by date."),
        kind="primary",
    ),
    "waitlist": Act(admissions.waitlist, _("The applicant is on the waiting list and has been told.")),
    "decline": Act(
        admissions.decline,
        _("The application is declined and the applicant has been told."),
        form=QuotedReasonForm,
        kind="stop",
    ),
    "rescind_offer": Act(
        admissions.rescind_offer,
        _("The offer is taken back and its seat is free."),
        form=QuotedReasonForm,
        kind="stop",
    ),
    "reopen": Act(admissions.reopen, _("The review is open again.")),
    "leave": Act(
        admissions.leave, _("The place is given up and its seat is free."), form=QuotedReasonForm, kind="stop"
    ),
}

VERDICTS = {"accept", "reject"}


@admin.register(Application)
class ApplicationAdmin(ActingRecord):
    table, acts, subject = APPLICATION, ACTS, "application"
    page_template = "admin/enrollment/application/desk.html"

    list_display = [
        "reference",
        "name",
        "profession",
        "for_intake",
        "state",
        "sent",
        "reviewer",
    ]
    list_filter = [StatusFilter, ReviewerFilter, IntakeFilter]
    list_select_related = ["applicant", "profession", "intake", "reviewer"]
    search_fields = ["reference", "legal_name", "applicant__email", "applicant__full_name"]
    search_help_text = _("Search by reference, name or email address")
    ordering = ["submitted_at", "pk"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("enrollment.review_application")

    def get_queryset(self, request):
        """Others' applications that have been sent: a draft is its writer's own business."""
        never_sent = Q(status=Application.Status.DRAFT) | Q(
            status=Application.Status.WITHDRAWN, submitted_at=None
        )
        return super().get_queryset(request).exclude(applicant=request.user).exclude(never_sent)

    def get_urls(self):
        def act(view):
            return self.admin_site.admin_view(require_POST(view))

        base = "enrollment_application"
        return [
            path("<int:pk>/review/", act(self.review_view), name=f"{base}_review"),
            path("<int:pk>/waive/", act(self.waive_view), name=f"{base}_waive"),
            path("<int:pk>/reviewer/", act(self.reviewer_view), name=f"{base}_reviewer"),
            path(
                "<int:pk>/documents/<int:document_pk>/<slug:verdict>/",
                act(self.document_view),
                name=f"{base}_document",
            ),
            *super().get_urls(),
        ]

    # The queue

    @admin.display(description=_("name"), ordering="legal_name")
    def name(self, application):
        return application.legal_name or application.applicant

    @admin.display(description=_("intake"), ordering="intake__code")
    def for_intake(self, application):
        return application.intake.code

    @admin.display(description=_("status"), ordering="status")
    def state(self, application):
        return status_tag(application.get_status_display(), TONES[application.status])

    @admin.display(description=_("sent"), ordering="submitted_at")
    def sent(self, application):
        if application.submitted_at is None:
            return None
        return _("%(age)s ago") % {"age": timesince(application.submitted_at, depth=1)}

    # The desk

    def change_view(self, request, object_id, form_url="", extra_context=None):
        application = self.find(request, object_id)
        admissions.view_application(application=application, by=request.user)
        return self.page(request, application)

    def title(self, application):
        return f"{application.reference}: {application.legal_name or application.applicant}"

    def details(self, request, application):
        return desk(application, request.user)

    def review_view(self, request, pk):
        application = self.find(request, pk)
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.page(request, application, review_form=form)
        return self.attempt(
            request,
            application,
            _("Your opinion is on record."),
            partial(admissions.record_review, application=application, **form.cleaned_data),
        )

    def reviewer_view(self, request, pk):
        application = self.find(request, pk)
        takes_it = request.POST.get("act") == "take"
        words = _("You answer for this application now.") if takes_it else _("Nobody answers for it now.")
        act = partial(
            admissions.assign_reviewer, application=application, reviewer=request.user if takes_it else None
        )
        return self.attempt(request, application, words, act)

    def waive_view(self, request, pk):
        application = self.find(request, pk)
        form = WaiverForm(request.POST)
        if not form.is_valid():
            return self.go_back(
                request, application, _("Give the reason for the waiver in up to 1,000 characters.")
            )
        act = partial(admissions.waive, application=application, **form.cleaned_data)
        return self.attempt(request, application, _("The expectation is set aside, with your reason."), act)

    def document_view(self, request, pk, document_pk, verdict):
        application = self.find(request, pk)
        document = get_object_or_404(application.documents, pk=document_pk)
        if verdict not in VERDICTS:
            raise Http404
        accepted = verdict == "accept"
        form = VerdictForm(request.POST)
        if not form.is_valid():
            words = (
                _("Give the reason in up to 300 characters.")
                if "reason" in form.errors
                else _("Give the day until which it is valid, such as 2027-12-31.")
            )
            return self.go_back(request, application, words)
        words = (
            _("“%s” is accepted.") if accepted else _("“%s” is rejected; ask for a new one with a letter.")
        )
        act = partial(admissions.assess_document, document=document, accepted=accepted, **form.cleaned_data)
        return self.attempt(request, application, words % document.label, act)
