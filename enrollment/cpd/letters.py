"""Letters around points: the office is reminded of its dates, learners are asked for what a return needs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ..models import CpdReminder, CpdSubmission, Enrollment, Letter
from ..tasks import deliver_letter
from . import identity
from .awarding import learners_of
from .submissions import to_report, to_submit

# So many days before a date the office hears of it, and once more when little time is left.
REMINDERS = (14, 3)
NOTICE = timedelta(days=max(REMINDERS))


def remind_office(*, at: datetime | None = None) -> int:
    """Everybody who submits programmes has a letter for each date that is near, once; how many letters."""
    at = at or timezone.now()
    on = timezone.localdate(at)
    dates = [("submission", one, one.submit_by) for one in to_submit(on, NOTICE)]
    dates += [("return", one, one.return_by) for one in to_report(on, NOTICE)]
    return sum(remind(what, submission, last, on, at) for what, submission, last in dates)


def remind(what: str, submission: CpdSubmission, last: date, on: date, at: datetime) -> int:
    """Of the reminders that are due only the latest is written: a late one would contradict it."""
    passed = [days for days in REMINDERS if on >= last - timedelta(days=days)]
    if not passed or on > last:
        return 0
    try:
        with transaction.atomic():
            CpdReminder.objects.create(submission=submission, what=what, days=min(passed), at=at)
            words = {"submission": submission, "last_day": date_format(last, "j F Y")}
            page = reverse("admin:enrollment_cpdsubmission_change", args=[submission.pk])
            return sum(write(f"cpd-{what}-due", one, at, page, **words) for one in colleagues())
    except IntegrityError:
        return 0


def colleagues() -> Iterable[Any]:
    """Active members of staff with the right, by role or by hand."""
    right = Permission.objects.filter(codename="run_cpd", content_type__app_label="enrollment")
    held = Q(user_permissions__in=right) | Q(groups__permissions__in=right)
    return get_user_model().objects.filter(held, is_active=True, is_staff=True).distinct().order_by("pk")


def ask_for_numbers(*, at: datetime | None = None) -> int:
    """Every learner whose number a return needs, and who has not given it, was asked once a course; how many now."""
    at = at or timezone.now()
    approved = CpdSubmission.objects.filter(status=CpdSubmission.Status.APPROVED, scheme__identifies="ic")
    return sum(
        ask(submission, place, at)
        for submission in approved.select_related("scheme", "approval", "intake", "course")
        for place in unasked(submission)
    )


def unasked(submission: CpdSubmission) -> Iterable[Enrollment]:
    places = learners_of(submission.approval).filter(
        learner__identity_number__isnull=True, learner__is_active=True
    )
    told = Letter.objects.filter(name="cpd-identity-asked").values("enrollment")
    return [place for place in places.exclude(pk__in=told) if identity.is_wanted(submission, place)]


@transaction.atomic
def ask(submission: CpdSubmission, place: Enrollment, at: datetime) -> int:
    page = reverse("enrollment:cpd_identity")
    return write(
        "cpd-identity-asked",
        place.learner,
        at,
        page,
        enrollment=place,
        submission=submission,
        reader=name(place),
    )


def name(place: Enrollment) -> str:
    return place.application.legal_name or place.learner.get_full_name()


ACTIONS = {
    "cpd-submission-due": _("Open the submission"),
    "cpd-return-due": _("Open the attendance return"),
    "cpd-identity-asked": _("Give your IC number"),
}


def write(
    letter: str, recipient: Any, at: datetime, page: str, enrollment: Enrollment | None = None, **words
) -> int:
    """The letter is written down and waits to be sent; 1, for counting."""
    folder = "enrollment/cpd/letters"
    words = {"reader": recipient.get_full_name(), **words, "template": f"{folder}/{letter}.txt"}
    words |= {"action_label": ACTIONS[letter], "action_url": f"{settings.SITE_URL}{page}"}
    subject = " ".join(render_to_string(f"{folder}/{letter}.subject.txt", words).split())[:200]
    row = Letter.objects.create(
        name=letter,
        recipient=recipient,
        enrollment=enrollment,
        to_email=recipient.email,
        subject=subject,
        body_text=render_to_string("enrollment/letters/letter.txt", words | {"subject": subject}).strip()
        + "\n",
        body_html=render_to_string("enrollment/letters/letter.html", words | {"subject": subject}),
        message_id=f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
        written_at=at,
    )
    deliver_letter.enqueue(row.pk)
    return 1
