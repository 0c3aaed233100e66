"""What waits in admission, study and award, for the home of the office."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import permissions
from enrollment.models import Enrollment, Letter, LogbookEntry
from iiwam import office

from .queue import deadline_this_week, information_received
from .standing import ready_for_award


def address(model: str, query: str = "") -> str:
    return reverse(f"admin:enrollment_{model}_changelist") + query


@office.waiting
def applications(request):
    if permissions.may(request.user, "review_application"):
        given = permissions.reviewable(request.user)
        yield (
            _("Applications awaiting review"),
            office.counted(given.awaiting_review()),
            address("application"),
        )
        answered = office.counted(information_received(given))
        yield _("Applications with new information"), answered, address("application", "?show=received")
        urgent = office.counted(deadline_this_week(given, timezone.now()))
        yield _("Applications with a deadline this week"), urgent, address("application", "?show=week")


@office.waiting
def entries(request):
    if request.user.has_perm("enrollment.countersign_logbookentry"):
        others = LogbookEntry.objects.exclude(enrollment__learner=request.user)
        count = office.counted(others.awaiting_countersignature())
        yield _("Logbook entries to countersign"), count, address("logbookentry")


@office.waiting
def awards(request):
    if request.user.has_perm("enrollment.issue_certificate"):
        ready = ready_for_award(Enrollment.objects.exclude(learner=request.user))
        yield _("Learners ready for award"), office.counted(ready), address("enrollment", "?award=ready")


@office.waiting
def failed_letters(request):
    if request.user.has_perm("enrollment.view_letter"):
        failed = Letter.objects.filter(status=Letter.Status.FAILED).exclude(recipient=request.user)
        yield (
            _("Letters that could not be sent"),
            office.counted(failed),
            address("letter", "?status__exact=failed"),
        )
