"""Questions to the office without an account: asked, acknowledged, answered by a person, forgotten."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import tasks
from .models import Course, Enquiry, Profession


class AlreadyDone(Exception):
    """Somebody else answered or closed the question first."""


@transaction.atomic
def ask(
    *,
    course: Course | None,
    text: str,
    email: str,
    name: str = "",
    profession: Profession | None = None,
    at: datetime | None = None,
) -> Enquiry:
    """The question lies with the office, and letters to whom it is from and to those who answer are on their way."""
    enquiry = Enquiry.objects.create(
        course=course,
        text=text,
        email=email,
        name=name,
        profession=profession,
        asked_at=at or timezone.now(),
    )
    tasks.deliver_acknowledgement.enqueue(enquiry.pk)
    for person in who_answers():
        tasks.deliver_to_office.enqueue(enquiry.pk, person.pk)
    return enquiry


def who_answers():
    """Members of staff who hold the right to answer."""
    right = {"permissions__codename": "change_enquiry", "permissions__content_type__app_label": "courses"}
    by_group = Q(**{f"groups__{name}": value for name, value in right.items()})
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    return people.filter(by_group).order_by("pk").distinct()


@transaction.atomic
def answer(*, enquiry: Enquiry, text: str, by, at: datetime | None = None) -> None:
    """The answer is kept with who gave it, and a letter with it is on its way. AlreadyDone when somebody was first."""
    finish(enquiry, by=by, at=at, answer=text)
    tasks.deliver_answer.enqueue(enquiry.pk)


@transaction.atomic
def close(*, enquiry: Enquiry, by, at: datetime | None = None) -> None:
    """Nobody answers this question any more, and nobody is written to. AlreadyDone when somebody was first."""
    finish(enquiry, by=by, at=at, answer="")


def finish(enquiry: Enquiry, *, by, at: datetime | None, answer: str) -> None:
    waiting = Enquiry.objects.waiting().filter(pk=enquiry.pk)
    if not waiting.update(answer=answer, done_by=by, done_at=at or timezone.now()):
        raise AlreadyDone


def forget(*, at: datetime | None = None) -> int:
    """Questions that are done with long enough, and those a year old, are gone; how many they were."""
    _rows, by_model = Enquiry.objects.forgettable(at or timezone.now()).delete()
    return by_model.get(Enquiry._meta.label, 0)
