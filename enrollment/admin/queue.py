"""What the list of applications can be narrowed to, and how its rows read."""

from datetime import datetime, timedelta

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
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
# So many keys cost less to hand over than the list costs to read.
FEW = 10_000


def among(applications: QuerySet, *wanted: QuerySet) -> QuerySet:
    """Those whose keys one of these questions gives, each answered from an index of its own.

    Asked for first and once: inside the list's own question the planner would rather read every application, twice.
    """
    first, *others = [question.order_by() for question in wanted]
    asked = first.union(*others, all=True) if others else first
    keys = list(asked[: FEW + 1])
    return applications.filter(pk__in=[key for (key,) in keys] if len(keys) <= FEW else asked)


def information_received(applications: QuerySet) -> QuerySet:
    """In review again because the applicant has sent what was asked for, and nothing has happened since."""
    same = {"application": OuterRef("application")}
    since = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    answers = Event.objects.filter(
        ~Exists(Event.objects.filter(since, **same)),
        move="send_information",
        application__status=Status.IN_REVIEW,
    )
    return among(applications, answers.values_list("application"))


def evidence_expiring(applications: QuerySet, at: datetime) -> QuerySet:
    """Still open, and the licence or a document runs out within two months or has done so."""
    last_day = timezone.localdate(at) + SOON_RUN_OUT
    licenses = Application.objects.filter(license_valid_until__lte=last_day, status__in=OPEN)
    documents = Document.objects.kept().exclude(status=Document.Status.REJECTED)
    papers = documents.filter(valid_until__lte=last_day, application__status__in=OPEN)
    return among(applications, licenses.values_list("pk"), papers.values_list("application"))


def deadline_this_week(applications: QuerySet, at: datetime) -> QuerySet:
    """Something about it ends, or has ended unheeded, by this day in a week: an offer, a request, the way to a start."""
    end = at + THIS_WEEK
    offers = Application.objects.filter(status=Status.OFFERED, offer_expires_at__lte=end)
    requests = InformationRequest.objects.open().filter(
        answer_by__lte=end, application__status=Status.INFO_REQUESTED
    )
    near = Q(starts_on__lte=timezone.localdate(end)) | Q(
        applications_close_at__lte=end, applications_close_at__gt=at
    )
    undecided = Application.objects.filter(status__in=UNDECIDED, intake__in=Intake.objects.filter(near))
    return among(
        applications,
        offers.values_list("pk"),
        requests.values_list("application"),
        undecided.values_list("pk"),
    )


def in_rows(applications: QuerySet) -> QuerySet:
    """Each with all that a row of the list shows, and the moment by which its applicant must answer a request."""
    asked = InformationRequest.objects.open().filter(application=OuterRef("pk"))
    return applications.select_related("applicant", "profession", "intake", "reviewer").annotate(
        asked_until=Subquery(asked.values("answer_by")[:1])
    )


class FirstOfMany(Paginator):
    """Counts and pages as far as anybody reads: a list that is longer is narrowed, not paged through."""

    MOST = 2_000

    @cached_property
    def keys(self) -> list[int]:
        """Asked for once, in the order of the list; counting and turning pages look here."""
        return list(self.object_list.values_list("pk", flat=True)[: self.MOST])

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    def page(self, number):
        number = self.validate_number(number)
        shown = self.keys[(number - 1) * self.per_page : number * self.per_page]
        return self._get_page(self.rows(shown), number, self)

    def rows(self, keys: list[int]) -> QuerySet:
        """By key alone: who may see them, and what the list is narrowed to, has been asked already."""
        return in_rows(Application.objects.filter(pk__in=keys)).order_by(*self.object_list.query.order_by)


class Queue(ChangeList):
    """The list of applications; a single page of it comes by key as well."""

    def get_results(self, request):
        super().get_results(request)
        if not self.multi_page or (self.show_all and self.can_show_all):
            self.result_list = self.paginator.rows(self.paginator.keys)


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
