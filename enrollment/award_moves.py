"""Policy as tables, continued from `transitions`: what may happen to a certificate."""

from datetime import datetime

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from . import permissions as who
from . import renewal_terms as terms
from .models import Certificate
from .workflow import Move, Table

C = Certificate.Status


def has_ended(certificate: Certificate, at: datetime):
    return None if certificate.has_ended(at) else _("This certificate is valid still.")


def has_not_ended(certificate: Certificate, at: datetime):
    return _("The time of this certificate is up. Renew it instead.") if certificate.has_ended(at) else None


def reminder_is_due(certificate: Certificate, at: datetime):
    """A reminder is due once for each day that the course's rule names."""
    rule = terms.rule_of(certificate)
    if rule and certificate.valid_until and not certificate.has_ended(at):
        moments = [moment for moment in terms.reminders_of(certificate, rule) if moment <= at]
        told = certificate.history.filter(move__in=["issue", "remind_of_expiry"]).aggregate(at=Max("at"))[
            "at"
        ]
        if moments and (told is None or told < max(moments)):
            return None
    return _("No reminder of this certificate’s end is due.")


def may_be_renewed(certificate: Certificate, at: datetime):
    """One of the ways of the course's rule is done, and it is not too early."""
    rule = terms.rule_of(certificate)
    if rule is None or certificate.valid_until is None:
        return _("This certificate does not end, so it needs no renewal.")
    if at < (opens := terms.opens_at(certificate, rule)):
        day = date_format(opens.astimezone(certificate.enrollment.intake.zone), "j F Y")
        return _("It can be renewed from %(day)s.") % {"day": day}
    ways = terms.ways(certificate, rule, at)
    if any(way.done for way in ways):
        return None
    open_ones = "; ".join(f"{way.label} ({way.detail})" for way in ways)
    return _("Nothing renews it yet: %(ways)s.") % {"ways": open_ones or _("the course names no way")}


def holds(by, certificate: Certificate) -> bool:
    return who.is_learner(by, certificate.enrollment)


def may_award(by, certificate: Certificate) -> bool:
    return who.may_issue(by, certificate.enrollment)


def is_nightly(by, certificate: Certificate) -> bool:
    return by == who.NIGHTLY


CERTIFICATE: Table = {
    "renew": Move(
        label=_("Renew"),
        sources=frozenset({C.ISSUED, C.EXPIRED}),
        target=C.RENEWED,
        who=may_award,
        guard=may_be_renewed,
        needs_note=True,
        letter="certificate-renewed",
    ),
    "supersede": Move(
        label=_("Replace with a corrected name"),
        sources=frozenset({C.ISSUED}),
        target=C.SUPERSEDED,
        who=may_award,
        guard=has_not_ended,
        needs_note=True,
        letter="certificate-superseded",
    ),
    "suspend": Move(
        label=_("Suspend"),
        sources=frozenset({C.ISSUED}),
        target=C.SUSPENDED,
        who=who.may_revoke,
        guard=has_not_ended,
        needs_note=True,
        note_is_shown=True,
        letter="certificate-suspended",
    ),
    "reinstate": Move(
        label=_("Lift the suspension"),
        sources=frozenset({C.SUSPENDED}),
        target=C.ISSUED,
        who=who.may_revoke,
        needs_note=True,
        letter="certificate-reinstated",
    ),
    "revoke": Move(
        label=_("Revoke"),
        sources=frozenset({C.ISSUED, C.SUSPENDED, C.EXPIRED}),
        target=C.REVOKED,
        who=who.may_revoke,
        needs_note=True,
        letter="certificate-revoked",
    ),
    "expire": Move(
        label=_("Let it end"),
        sources=frozenset({C.ISSUED}),
        target=C.EXPIRED,
        who=is_nightly,
        guard=has_ended,
        letter="certificate-expired",
    ),
    "remind_of_expiry": Move(
        label=_("Remind of its end"),
        sources=frozenset({C.ISSUED}),
        target="",
        who=is_nightly,
        guard=reminder_is_due,
        letter="certificate-expires",
    ),
    "share": Move(
        label=_("Make its files public"),
        sources=frozenset({C.ISSUED, C.EXPIRED}),
        target="",
        who=holds,
    ),
    "stop_sharing": Move(
        label=_("Make its files private"),
        sources=frozenset(C.values),
        target="",
        who=holds,
    ),
}
