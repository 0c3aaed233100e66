"""Who may: pure questions about a person (or the site itself) and a record."""

from typing import Any

from django.db.models import Q, QuerySet

from .models import Application, ReviewDuty
from .workflow import SystemActor

NIGHTLY = SystemActor("nightly run")
WAITING_LIST = SystemActor("waiting list")
PAYMENTS = SystemActor("online payment")


def is_system(by: Any) -> bool:
    return isinstance(by, SystemActor)


def may(by: Any, right: str) -> bool:
    """Whether an active member of staff holds this right of this app."""
    return not is_system(by) and by.is_active and by.is_staff and by.has_perm(f"enrollment.{right}")


def is_applicant(by: Any, application: Any) -> bool:
    return not is_system(by) and by.pk == application.applicant_id


def may_review(by: Any, application: Any) -> bool:
    """Reviewers read others' applications for the intakes that were given to them, never their own."""
    return (
        may(by, "review_application")
        and not is_applicant(by, application)
        and is_given(by, application.intake_id)
    )


def may_decide(by: Any, application: Any) -> bool:
    """Of those who may review an application, whoever holds this right as well."""
    return may(by, "decide_application") and may_review(by, application)


def is_given(by: Any, intake_id: int) -> bool:
    """Whether this intake is among those whose applications the person reviews."""
    return may(by, "review_every_intake") or ReviewDuty.objects.filter(reviewer=by, intake=intake_id).exists()


def reviewable(by: Any) -> QuerySet[Application]:
    """Others' applications, sent at some time, for the intakes that were given to this person."""
    if not may(by, "review_application"):
        return Application.objects.none()
    ended_unsent = Q(
        status__in=[Application.Status.WITHDRAWN, Application.Status.CANCELLED], submitted_at=None
    )
    sent = Application.objects.exclude(status=Application.Status.DRAFT).exclude(ended_unsent)
    return sent.filter(given_to(by)).exclude(applicant=by)


# Not an empty condition, which "or" would drop: beside another one this still lets everything through.
EVERYTHING = ~Q(pk__in=[])


def given_to(by: Any, path: str = "") -> Q:
    """The condition that `path` leads to an application for an intake that was given to this person.

    `path` ends in two underscores. A registrar knows everybody by name, whatever they review beside that.
    """
    if may(by, "review_every_intake") or (path and not is_kept_to_intakes(by)):
        return EVERYTHING
    return Q(**{f"{path}intake__in": ReviewDuty.objects.filter(reviewer=by).values("intake")})


def is_kept_to_intakes(by: Any) -> bool:
    """Whether somebody knows applicants as a reviewer of given intakes alone."""
    return (
        may(by, "review_application")
        and not may(by, "review_every_intake")
        and not may(by, "view_enrollment")
    )


def may_decide_or_is_waiting_list(by: Any, application: Any) -> bool:
    return by == WAITING_LIST or may_decide(by, application)


def is_learner(by: Any, enrollment: Any) -> bool:
    return not is_system(by) and by.pk == enrollment.learner_id


def writes_entry(by: Any, entry: Any) -> bool:
    return is_learner(by, entry.enrollment)


def may_assess(by: Any, enrollment: Any) -> bool:
    """Assessors judge others, never themselves."""
    return may(by, "countersign_logbookentry") and not is_learner(by, enrollment)


def may_countersign(by: Any, entry: Any) -> bool:
    return may_assess(by, entry.enrollment)


def may_issue(by: Any, enrollment: Any) -> bool:
    """Registrars award others, never themselves."""
    return may(by, "issue_certificate") and not is_learner(by, enrollment)


def may_revoke(by: Any, certificate: Any) -> bool:
    return may(by, "revoke_certificate") and not is_learner(by, certificate.enrollment)


def may_end_enrollment(by: Any, enrollment: Any) -> bool:
    return is_learner(by, enrollment) or may_issue(by, enrollment)


def may_see_document(by: Any, document: Any) -> bool:
    """Evidence is for its owner and for those who review that application."""
    application = document.application
    return is_applicant(by, application) or may_review(by, application)


def may_run_intakes(by: Any) -> bool:
    """Whether an active member of staff plans intakes: dates, fee, number of seats."""
    return not is_system(by) and by.is_active and by.is_staff and by.has_perm("courses.change_intake")


def may_see_places(by: Any, intake_id: int) -> bool:
    """Whether somebody on the staff knows by name who has a seat, an offer or a place in this intake's waiting list."""
    return may(by, "view_enrollment") or (may(by, "review_application") and is_given(by, intake_id))


def may_rearrange(by: Any, application: Any) -> bool:
    """Whoever plans intakes and knows their people moves them, but never themselves."""
    return (
        may_run_intakes(by)
        and may_see_places(by, application.intake_id)
        and not is_applicant(by, application)
    )


def may_keep_accounts(by: Any, application: Any) -> bool:
    """Payments and sponsors are recorded by registrars, never for themselves; a provider of payments has its own name."""
    return by == PAYMENTS or (may(by, "add_payment") and not is_applicant(by, application))
