"""The letters of the catalog, in words: to confirm an address, that an intake is open, and about a question."""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Enquiry, Intake, Interest, Notice
from .templatetags.money import money
from .zones import clock_words

CONFIRM_SALT = "courses.interest.confirm"
STOP_SALT = "courses.interest.stop"


def confirm_link(interest: Interest) -> str:
    """Works for some days; the signature is the proof, so the database keeps no secret that could leak."""
    token = signing.TimestampSigner(salt=CONFIRM_SALT).sign(interest.key.hex)
    return settings.SITE_URL + reverse("courses:interest_confirm", args=[token])


def stop_path(interest: Interest) -> str:
    """Works for as long as somebody may keep the letter."""
    return reverse("courses:interest_stop", args=[signing.Signer(salt=STOP_SALT).sign(interest.key.hex)])


def stop_link(interest: Interest) -> str:
    return f"{settings.SITE_URL}{stop_path(interest)}"


def question(interest: Interest) -> EmailMultiAlternatives:
    """Did you ask for this? To somebody who has said yes before: you are on the list already."""
    known = interest.confirmed_at is not None
    course = f"{settings.SITE_URL}{interest.course.get_absolute_url()}"
    words = {
        "course": interest.course,
        "action_label": _("See the course") if known else _("Yes, tell me"),
        "action_url": course if known else confirm_link(interest),
        "stop_url": stop_link(interest) if known else "",
    }
    return letter("interest-known" if known else "interest-confirm", interest.email, words)


def news(notice: Notice) -> EmailMultiAlternatives:
    """An intake of the course is open."""
    intake, interest = notice.intake, notice.interest
    words = {
        "course": intake.course,
        "intake": intake,
        "action_label": _("See the course and apply"),
        "action_url": f"{settings.SITE_URL}{intake.course.get_absolute_url()}#intakes",
        "stop_url": stop_link(interest),
        "facts": facts(intake),
    }
    message_id = f"intake-{intake.pk}-{interest.key.hex}"
    return letter("intake-open", interest.email, words, message_id=message_id)


def acknowledgement(enquiry: Enquiry) -> EmailMultiAlternatives:
    """Your question has arrived. None of its words: whoever typed the address may not be its reader."""
    words = {"course": enquiry.course, **way_to(enquiry)}
    return letter("enquiry-received", enquiry.email, words, message_id=f"enquiry-{enquiry.pk}-received")


def for_office(enquiry: Enquiry, person: AbstractBaseUser) -> EmailMultiAlternatives:
    """A question waits, to somebody who may answer it."""
    page = reverse("admin:courses_enquiry_change", args=[enquiry.pk])
    words = {
        "enquiry": enquiry,
        "course": enquiry.course,
        "action_label": _("Answer it"),
        "action_url": f"{settings.SITE_URL}{page}",
    }
    message_id = f"enquiry-{enquiry.pk}-office-{person.pk}"
    return letter("enquiry-for-office", person.email, words, message_id=message_id)


def reply(enquiry: Enquiry) -> EmailMultiAlternatives:
    """The answer, with the question below it."""
    words = {"enquiry": enquiry, "course": enquiry.course, **way_to(enquiry)}
    return letter("enquiry-answer", enquiry.email, words, message_id=f"enquiry-{enquiry.pk}-answer")


def way_to(enquiry: Enquiry) -> dict[str, str]:
    """The button that leads to what the question is about."""
    if enquiry.course and enquiry.course.is_published:
        address = enquiry.course.get_absolute_url()
        return {"action_label": _("See the course"), "action_url": f"{settings.SITE_URL}{address}"}
    return {
        "action_label": _("See the courses"),
        "action_url": settings.SITE_URL + reverse("courses:catalog"),
    }


def facts(intake: Intake) -> list[tuple[str, str]]:
    unknown = _("to be confirmed")
    return [
        (_("Course"), intake.course.title),
        (_("Intake"), dates(intake) or unknown),
        (_("Place"), intake.where or unknown),
        (_("Apply by"), moment(intake.applications_close_at, intake)),
        (_("Fee"), money(intake.fee_minor, intake.currency) or unknown),
    ]


def dates(intake: Intake) -> str:
    """When the intake runs, in words; nothing while that is open."""
    days = [date_format(day, "j F Y") for day in (intake.starts_on, intake.ends_on) if day]
    return (
        _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}
        if len(set(days)) == 2
        else "".join(days[:1])
    )


def moment(at: datetime, intake: Intake) -> str:
    clock = date_format(at.astimezone(intake.zone), "l j F Y, H:i")
    return f"{clock} ({clock_words(at, intake.timezone)})"


def letter(name: str, to: str, words: dict[str, Any], *, message_id: str = "") -> EmailMultiAlternatives:
    subject = render_to_string(f"courses/letters/{name}.subject.txt", words)
    words = words | {"subject": " ".join(subject.split())[:200], "template": f"courses/letters/{name}.txt"}
    body = render_to_string("courses/letters/letter.txt", words)
    message = EmailMultiAlternatives(
        words["subject"],
        re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n",
        to=[to],
        headers=headers(words.get("stop_url", ""), message_id),
    )
    message.attach_alternative(render_to_string("courses/letters/letter.html", words), "text/html")
    return message


def headers(stop_url: str, message_id: str) -> dict[str, str]:
    """What mail programs ask for: that no program should answer this, and a button to unsubscribe (RFC 8058)."""
    lines = {"Auto-Submitted": "auto-generated"}
    if message_id:
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        lines["Message-ID"] = f"<{message_id}@{host}>"
    if stop_url:
        lines["List-Unsubscribe"] = f"<{stop_url}>"
        lines["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return lines
