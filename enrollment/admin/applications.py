"""The application desk: a queue, and for each application one page with all that a decision needs."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from enrollment import admissions, permissions
from enrollment.models import Application
from enrollment.transitions import APPLICATION
from iiwam import office
from iiwam.templatetags.components import status_tag

from .acts import FILTERS, Act, ActingRecord, kept_filters, moment
from .bulk import BulkActs
from .desk import desk
from .desk_acts import DeskActs
from .forms import QuotedReasonForm
from .queue import (
    TONES,
    AgeFilter,
    FirstOfMany,
    GivenIntakeFilter,
    Queue,
    ReviewerFilter,
    StatusFilter,
    WorkFilter,
)
from .review_forms import RequestForm
from .search import OWN, PERSON, found

ACTS = {
    "start_review": Act(
        admissions.start_review,
        _("The review has started and the applicant has been told."),
        suggestion=_("A reviewer is now reading your application and checking your documents."),
        kind="primary",
    ),
    "request_information": Act(
        admissions.request_information,
        _("The applicant has been asked, and can change what you named."),
        form=RequestForm,
        asks=True,
    ),
    "resume_review": Act(
        admissions.resume_review, _("The review goes on with what is here; nothing is open any more.")
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


@admin.register(Application)
class ApplicationAdmin(DeskActs, BulkActs, ActingRecord):
    table, acts, subject = APPLICATION, ACTS, "application"
    page_template = "admin/enrollment/application/desk.html"
    change_list_template = "admin/enrollment/application/change_list.html"

    list_display = ["reference", "name", "profession", "for_intake", "state", "sent", "due", "reviewer"]
    list_filter = [WorkFilter, StatusFilter, GivenIntakeFilter, AgeFilter, ReviewerFilter]
    search_fields = [*OWN, *(f"applicant__{name}" for name in PERSON)]
    search_help_text = _("Search by reference, name or email address")
    ordering = ["submitted_at", "pk"]
    show_facets = admin.ShowFacets.NEVER
    paginator = FirstOfMany

    def has_view_permission(self, request, obj=None):
        """Whoever reviews, for the intakes that were given to them; of anything else nothing is known."""
        if obj is not None:
            return permissions.may_review(request.user, obj)
        return permissions.may(request.user, "review_application")

    def get_queryset(self, request):
        return permissions.reviewable(request.user)

    # The queue

    def get_changelist(self, request, **kwargs):
        return Queue

    def get_search_results(self, request, queryset, search_term):
        return found(queryset, search_term), False

    def get_changelist_instance(self, request):
        """The ways to begin a day stand over the list, not beside it."""
        changes = super().get_changelist_instance(request)
        changes.work = [
            choice
            for spec in changes.filter_specs
            if isinstance(spec, WorkFilter)
            for choice in spec.choices(changes)
        ]
        changes.is_longer = changes.result_count == FirstOfMany.MOST
        return changes

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

    @admin.display(description=_("answer by"))
    def due(self, application):
        """Until when the applicant has time, where something is awaited of them."""
        if application.status == Application.Status.OFFERED:
            return moment(application.offer_expires_at)
        if application.status != Application.Status.INFO_REQUESTED or application.asked_until is None:
            return None
        if application.asked_until <= timezone.now():
            return status_tag(_("Overdue"), "stop")
        return moment(application.asked_until)

    # The desk

    def title(self, application):
        return f"{application.reference}: {application.legal_name or application.applicant}"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """That somebody read the whole application is on record."""
        application = self.find(request, object_id)
        admissions.view_application(application=application, by=request.user)
        return self.page(request, application)

    def details(self, request, application):
        return {
            **desk(application, request.user),
            **self.neighbours(request, application),
            "kept": kept_filters(request),
        }

    def neighbours(self, request, application) -> dict[str, Application | None]:
        """The applications before and after this one, in the list that it was opened from."""
        if application.submitted_at is None:
            return {}
        listed = self.listed(request)
        here = {"at": application.submitted_at, "key": application.pk}
        before = Q(submitted_at__lt=here["at"]) | Q(submitted_at=here["at"], pk__lt=here["key"])
        after = Q(submitted_at__gt=here["at"]) | Q(submitted_at=here["at"], pk__gt=here["key"])
        return {
            "previous": listed.filter(before).order_by("-submitted_at", "-pk").first(),
            "next": listed.filter(after).order_by("submitted_at", "pk").first(),
        }

    def listed(self, request):
        """What the list shows from which the page was opened; its first view when it was opened from elsewhere."""
        asked = office.read(QueryDict(request.GET.get(FILTERS, "").replace("%00", "")))
        queryset = permissions.reviewable(request.user)
        came, request.GET = request.GET, asked
        try:
            for kind in self.list_filter:
                given = {name: values for name, values in asked.lists() if name == kind.parameter_name}
                queryset = kind(request, given, self.model, self).queryset(request, queryset)
            queryset, _repeats = self.get_search_results(request, queryset, asked.get("q", ""))
        finally:
            request.GET = came
        return queryset.only("pk", "reference", "legal_name")

    def history_view(self, request, object_id, extra_context=None):
        """The page of the application tells its history; Django's own log of edits has nothing of it."""
        raise PermissionDenied
