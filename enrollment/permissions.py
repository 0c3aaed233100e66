"""Who may: pure questions about a person (or the site itself) and a record."""

from typing import Any

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
    """Reviewers read and decide on others' applications, never their own."""
    return may(by, "review_application") and not is_applicant(by, application)


def may_decide(by: Any, application: Any) -> bool:
    return may(by, "decide_application") and not is_applicant(by, application)


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


def may_see_places(by: Any) -> bool:
    """Whether somebody on the staff knows by name who has a seat, an offer or a place in the waiting list."""
    return may(by, "view_enrollment") or may(by, "review_application")


def may_rearrange(by: Any, application: Any) -> bool:
    """Whoever plans intakes and knows their people moves them, but never themselves."""
    return may_run_intakes(by) and may_see_places(by) and not is_applicant(by, application)


def may_keep_accounts(by: Any, application: Any) -> bool:
    """Payments and sponsors are recorded by registrars, never for themselves; a provider of payments has its own name."""
    return by == PAYMENTS or (may(by, "add_payment") and not is_applicant(by, application))
