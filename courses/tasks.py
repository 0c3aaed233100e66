"""Sending the letters of the catalog, outside of the act that caused them."""

from django.contrib.auth import get_user_model
from django.utils import timezone
from django_tasks import task

from iiwam.jobs import row_locks
from iiwam.mail import fault_in_sending

from . import letters
from .models import Enquiry, Interest, Notice


class LetterNotSent(Exception):
    """The mail server did not take a letter; the queue tries again. Says nothing about its reader."""


@task(queue_name="mail")
def deliver_question(interest_id: int) -> None:
    """The person has been asked to confirm, unless they left or were forgotten meanwhile."""
    interest = Interest.objects.live().select_related("course").filter(pk=interest_id).first()
    if interest and (fault := fault_in_sending(letters.question(interest))):
        raise LetterNotSent(fault)


@task(queue_name="mail")
def deliver_notice(notice_id: int) -> None:
    """The person has been told of the intake, once, however often this runs."""
    with row_locks():
        rows = Notice.objects.select_for_update(of=("self",)).select_related("interest", "intake__course")
        notice = rows.filter(pk=notice_id, sent_at__isnull=True).first()
        if notice is None or not is_still_news(notice):
            return
        fault = fault_in_sending(letters.news(notice))
        if not fault:
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
    if fault:
        raise LetterNotSent(fault)


def is_still_news(notice: Notice) -> bool:
    """False, and as if never written, when the person left or the intake closed before the letter went out."""
    may_write = Interest.objects.confirmed().filter(pk=notice.interest_id).exists()
    if may_write and notice.intake.accepts_applications():
        return True
    notice.delete()
    return False


@task(queue_name="mail")
def deliver_acknowledgement(enquiry_id: int) -> None:
    """Whoever asked knows that the question has arrived, unless it was closed as spam meanwhile."""
    enquiry = Enquiry.objects.waiting().select_related("course").filter(pk=enquiry_id).first()
    if enquiry and (fault := fault_in_sending(letters.acknowledgement(enquiry))):
        raise LetterNotSent(fault)


@task(queue_name="mail")
def deliver_to_office(enquiry_id: int, person_id: int) -> None:
    """This member of staff knows that a question waits, unless it no longer does."""
    enquiry = Enquiry.objects.waiting().select_related("course", "profession").filter(pk=enquiry_id).first()
    person = get_user_model().objects.filter(pk=person_id, is_active=True, is_staff=True).first()
    if enquiry and person and (fault := fault_in_sending(letters.for_office(enquiry, person))):
        raise LetterNotSent(fault)


@task(queue_name="mail")
def deliver_answer(enquiry_id: int) -> None:
    """Whoever asked has the answer, once, however often this runs."""
    with row_locks():
        rows = Enquiry.objects.answered().select_for_update(of=("self",)).select_related("course")
        enquiry = rows.filter(pk=enquiry_id, answer_sent_at__isnull=True).first()
        if enquiry is None:
            return
        fault = fault_in_sending(letters.reply(enquiry))
        if not fault:
            Enquiry.objects.filter(pk=enquiry.pk).update(answer_sent_at=timezone.now())
    if fault:
        raise LetterNotSent(fault)
