"""What the list of applications can be narrowed to, and how its rows read."""

from datetime import datetime, timedelta

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from courses.models import Intake
from enrollment import permissions
from enrollment.models import Application, Document, Event, InformationRequest, ReviewDuty

Status = Application.Status
TONES = {
    Status.DRAFT: "none",
    Status.SUBMITTED: "wait",
    Status.IN_REVIEW: "half",
    Status.INFO_REQUESTED: "info",
    Status.OFFERED: "info",
    Status.WAITLISTED: "half",
    Status.ENROLLED: "ok",
    Status.DECLINED: "stop",
    Status.OFFER_DECLINED: "off",
    Status.EXPIRED: "off",
    Status.WITHDRAWN: "off",
    Status.CANCELLED: "stop",
}
UNDECIDED = (Status.SUBMITTED, Status.IN_REVIEW, Status.INFO_REQUESTED)
OPEN = (*UNDECIDED, Status.OFFERED, Status.WAITLISTED)
SOON_RUN_OUT = timedelta(days=60)
THIS_WEEK = timedelta(days=7)


def information_received(applications: QuerySet) -> QuerySet:
    """In review again because the applicant has sent what was asked for."""
    last = Event.objects.filter(application=OuterRef("pk")).order_by("-at", "-pk")
    return (
        applications.filter(status=Status.IN_REVIEW)
        .alias(last_move=Subquery(last.values("move")[:1]))
        .filter(last_move="send_information")
    )


def evidence_expiring(applications: QuerySet, at: datetime) -> QuerySet:
    """Still open, and the licence or a document runs out within two months or has done so."""
    last_day = timezone.localdate(at) + SOON_RUN_OUT
    documents = Document.objects.kept().exclude(status=Document.Status.REJECTED)
    runs_out = documents.filter(application=OuterRef("pk"), valid_until__lte=last_day)
    return applications.filter(Q(license_valid_until__lte=last_day) | Exists(runs_out), status__in=OPEN)


def deadline_this_week(applications: QuerySet, at: datetime) -> QuerySet:
    """Something about it ends, or has ended unheeded, by this day in a week: an offer, a request, the way to a start."""
    end = at + THIS_WEEK
    requests = InformationRequest.objects.open().filter(application=OuterRef("pk"), answer_by__lte=end)
    begins = Q(status__in=UNDECIDED, intake__starts_on__lte=timezone.localdate(end))
    closes = Q(
        status__in=UNDECIDED, intake__applications_close_at__lte=end, intake__applications_close_at__gt=at
    )
    offer = Q(status=Status.OFFERED, offer_expires_at__lte=end)
    asked = Q(status=Status.INFO_REQUESTED) & Exists(requests)
    return applications.filter(begins | closes | offer | asked)


def with_deadline(applications: QuerySet) -> QuerySet:
    """Each with the moment by which its applicant must answer a request."""
    asked = InformationRequest.objects.open().filter(application=OuterRef("pk"))
    return applications.annotate(asked_until=Subquery(asked.values("answer_by")[:1]))


class FirstOfMany(Paginator):
    """Counts and pages as far as anybody reads: a list that is longer is narrowed, not paged through."""

    MOST = 2_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MOST].count()


class WorkFilter(admin.SimpleListFilter):
    """The ways in which a day at the desk begins; they stand as links over the list."""

    title = _("work")
    parameter_name = "show"
    template = "admin/enrollment/application/no_filter.html"

    def lookups(self, request, model_admin):
        return [
            ("mine", _("Mine")),
            ("nobody", _("Unassigned")),
            ("received", _("Information received")),
            ("applicant", _("Waiting on the applicant")),
            ("expiring", _("Evidence expiring")),
            ("week", _("Deadline this week")),
        ]

    def choices(self, changelist):
        aside = [StatusFilter.parameter_name]
        yield {
            "selected": self.value() is None and not changelist.params.get(StatusFilter.parameter_name),
            "query_string": changelist.get_query_string(remove=[self.parameter_name, *aside]),
            "display": _("Awaiting review"),
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}, aside),
                "display": label,
            }

    def queryset(self, request, queryset):
        at = timezone.now()
        return {
            "mine": lambda: queryset.filter(reviewer=request.user, status__in=OPEN),
            "nobody": lambda: queryset.filter(reviewer=None).awaiting_review(),
            "received": lambda: information_received(queryset),
            "applicant": lambda: queryset.filter(status=Status.INFO_REQUESTED),
            "expiring": lambda: evidence_expiring(queryset, at),
            "week": lambda: deadline_this_week(queryset, at),
        }.get(self.value(), lambda: queryset)()


class StatusFilter(admin.SimpleListFilter):
    """Opens on what awaits review; everything else is one click away."""

    title = _("status")
    parameter_name = "status"

    def __init__(self, request, params, model, model_admin):
        self.has_work = WorkFilter.parameter_name in request.GET
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [
            ("all", _("All")),
            *((value, label) for value, label in Status.choices if value != "draft"),
        ]

    def choices(self, changelist):
        aside = [WorkFilter.parameter_name]
        yield {
            "selected": self.value() is None and not self.has_work,
            "query_string": changelist.get_query_string(remove=[self.parameter_name, *aside]),
            "display": _("Awaiting review"),
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}, aside),
                "display": label,
            }

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset if self.has_work else queryset.awaiting_review()
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


class AgeFilter(admin.SimpleListFilter):
    """How long ago it was sent."""

    title = _("age")
    parameter_name = "age"

    def lookups(self, request, model_admin):
        return [
            ("3", _("Over three days")),
            ("7", _("Over a week")),
            ("14", _("Over two weeks")),
            ("30", _("Over a month")),
        ]

    def queryset(self, request, queryset):
        if self.value() not in {days for days, _label in self.lookup_choices}:
            return queryset
        return queryset.filter(submitted_at__lte=timezone.now() - timedelta(days=int(self.value())))


class ReviewerFilter(admin.SimpleListFilter):
    title = _("reviewer")
    parameter_name = "reviewer"

    def lookups(self, request, model_admin):
        return [("me", _("Mine")), ("nobody", _("Nobody yet")), ("others", _("Somebody else"))]

    def queryset(self, request, queryset):
        mine = {"reviewer": request.user}
        return {
            "me": lambda: queryset.filter(**mine),
            "nobody": lambda: queryset.filter(reviewer=None),
            "others": lambda: queryset.exclude(reviewer=None).exclude(**mine),
        }.get(self.value(), lambda: queryset)()


class GivenIntakeFilter(admin.SimpleListFilter):
    """Intakes that were given to whoever looks, by name in one question to the database."""

    title = _("intake")
    parameter_name = "intake"

    def lookups(self, request, model_admin):
        intakes = Intake.objects.filter(Exists(Application.objects.filter(intake=OuterRef("pk"))))
        if not permissions.may(request.user, "review_every_intake"):
            duties = ReviewDuty.objects.filter(reviewer=request.user)
            intakes = intakes.filter(pk__in=duties.values("intake"))
        found = intakes.order_by("-starts_on", "code").values_list("pk", "course__title", "code")
        return [(str(pk), f"{title} ({code})") for pk, title, code in found]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None:
            return queryset
        known = {pk for pk, _label in self.lookup_choices}
        return queryset.filter(intake=value) if value in known else queryset.none()
