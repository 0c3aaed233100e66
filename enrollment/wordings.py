"""The institute's own words for a letter: which variables they may name, and how these are filled in.

No template language: what staff write can name the variables below and nothing else, so it can neither reach into a
record nor quote to applicants what is for colleagues alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.templatetags.money import money

from .models import LetterWording
from .transitions import APPLICATION, CERTIFICATE, ENROLLMENT, LOGBOOK, PLACE

QUOTING = frozenset(
    move.letter
    for table in (APPLICATION, PLACE, ENROLLMENT, LOGBOOK, CERTIFICATE)
    for move in table.values()
    if move.note_is_shown and move.letter
)
OFFERS = frozenset({"place-offered", "offer-reminder"})
WAITING = frozenset({"waitlisted", "second-choice-expired"})
REQUESTS = frozenset({"information-requested", "information-reminder"})
ENTRIES = frozenset({"entry-countersigned", "entry-returned", "entry-countered"})
ENDING = frozenset({"certificate-expires", "certificate-expired"})
CERTIFICATES = ENDING | {
    *("certificate-issued", "certificate-suspended", "certificate-reinstated"),
    *("certificate-superseded", "certificate-renewed", "certificate-revoked"),
}
PAYMENTS = frozenset({"payment-recorded", "payment-corrected"})

NAMED = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\}\}|\{%|%\}|\{#|#\}")


@dataclass(frozen=True)
class Variable:
    """Something that words can name; `letters` are those that know it, or all."""

    name: str
    means: str | Promise
    sample: str | Promise
    value: Callable[[Mapping[str, Any]], Any]
    letters: frozenset[str] | None = None


def _on(record: str, field: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda words: getattr(words.get(record), field, "")


def _payment(words: Mapping[str, Any]) -> str:
    payment = words.get("payment")
    return money(abs(payment.amount_minor), payment.currency) if payment else ""


VARIABLES = (
    Variable(
        "reader", gettext_lazy("name of the reader"), "Siriporn Chaiyasit", lambda words: words["reader"]
    ),
    Variable(
        "course", gettext_lazy("title of the course"), gettext_lazy("Microneedling"), _on("course", "title")
    ),
    Variable(
        "reference",
        gettext_lazy("reference of the application"),
        "AP-7K2M-9QXT",
        _on("application", "reference"),
    ),
    Variable(
        "dates",
        gettext_lazy("dates of the intake"),
        "15 March 2027 to 21 March 2027",
        lambda words: words["dates"],
    ),
    Variable(
        "link",
        gettext_lazy("address of the page that the button opens"),
        "https://example.org/applications/AP-7K2M-9QXT/",
        lambda words: words["action_url"],
    ),
    Variable(
        "note",
        gettext_lazy("the reason as staff wrote it"),
        gettext_lazy("Please send both pages of your practising certificate."),
        lambda words: words["note"],
        QUOTING,
    ),
    Variable(
        "closes",
        gettext_lazy("until when applications are taken"),
        "Monday 1 February 2027, 23:59 (Kuala Lumpur time)",
        lambda words: words["closes"],
        frozenset({"application-started"}),
    ),
    Variable(
        "answer_by",
        gettext_lazy("until when an answer is awaited"),
        "Monday 9 March 2027, 23:59 (Kuala Lumpur time)",
        lambda words: words.get("request_deadline") or words["answer_by"],
        OFFERS | REQUESTS | {"offer-expired", "second-choice-expired"},
    ),
    Variable(
        "asked_for",
        gettext_lazy("sections and documents that are open"),
        gettext_lazy("Register and licence; Practising certificate"),
        lambda words: words.get("asked_for", ""),
        REQUESTS,
    ),
    Variable("fee", gettext_lazy("fee that is offered"), "MYR 6,800", lambda words: words["fee"], OFFERS),
    Variable("deposit", gettext_lazy("deposit"), "MYR 1,000", lambda words: words["deposit"], OFFERS),
    Variable(
        "decline_link",
        gettext_lazy("page that declines the offer without signing in"),
        "https://example.org/decline/",
        lambda words: words["decline_url"],
        OFFERS,
    ),
    Variable(
        "position",
        gettext_lazy("place in the waiting list"),
        "3",
        lambda words: words["position"],
        WAITING,
    ),
    Variable(
        "assessor",
        gettext_lazy("who looked at the entry"),
        "Arun Chai",
        lambda words: words["actor"],
        ENTRIES,
    ),
    Variable(
        "procedure",
        gettext_lazy("procedure of the entry"),
        "Microneedling",
        _on("entry", "procedure"),
        ENTRIES,
    ),
    Variable(
        "certificate_number",
        gettext_lazy("number of the certificate"),
        "IIWAM-MN-2027-7K2M-9QXT-4RWD-C",
        _on("certificate", "number"),
        CERTIFICATES,
    ),
    Variable(
        "valid_until",
        gettext_lazy("last day on which the certificate is valid"),
        "2 March 2029",
        lambda words: words["valid_until"],
        ENDING,
    ),
    Variable(
        "reason_class",
        gettext_lazy("class of reason that the public sees"),
        gettext_lazy("Issued in error"),
        lambda words: words["certificate"].get_reason_class_display(),
        frozenset({"certificate-revoked"}),
    ),
    Variable("amount", gettext_lazy("amount paid, or taken back"), "MYR 1,000", _payment, PAYMENTS),
    Variable(
        "payment_reference",
        gettext_lazy("reference of the payment"),
        "TT-4711",
        _on("payment", "reference"),
        PAYMENTS,
    ),
    Variable(
        "sponsor",
        gettext_lazy("who pays the fee"),
        gettext_lazy("A clinic in Kuala Lumpur"),
        _on("application", "sponsor"),
        frozenset({"sponsor-recorded"}),
    ),
)


def variables_of(letter: str) -> list[Variable]:
    """What the words of this letter may name."""
    return [one for one in VARIABLES if one.letters is None or letter in one.letters]


def faults(letter: str, text: str) -> list[str]:
    """What keeps this text from being used, each with its line; nothing when every variable is known."""
    known = {one.name for one in variables_of(letter)}
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for part in BRACES.findall(line):
            named = NAMED.fullmatch(part)
            if named is None or named[1] not in known:
                found.append(
                    _("Line %(line)s: “%(part)s” is no variable of this letter.")
                    % {"line": number, "part": part[:60]}
                )
    return found


def in_use(letter: str) -> LetterWording | None:
    """The institute's own words for this letter, where it has any in use."""
    return LetterWording.objects.filter(name=letter, language=settings.LANGUAGE_CODE, in_use=True).first()


@dataclass(frozen=True)
class Words:
    """A text with its variables, in the shape of a template: what is filled in is escaped wherever it lands in HTML."""

    letter: str
    text: str

    def render(self, context) -> str:
        values = {
            one.name: one.sample if context.get("is_sample_letter") else one.value(context.flatten())
            for one in variables_of(self.letter)
            if f"{one.name}" in self.text
        }
        escape = conditional_escape if context.autoescape else str
        filled = NAMED.sub(
            lambda found: str(escape(_shown(values[found[1]]))) if found[1] in values else "",
            str(escape(self.text)),
        )
        return mark_safe(filled)  # noqa: S308 — both the text and what fills it were escaped above


def _shown(value: Any) -> str:
    """What stands for nothing is said to be unknown, and never left out of a sentence."""
    if value in (None, ""):
        return _("to be confirmed")
    return date_format(value, "j F Y") if hasattr(value, "isoformat") else str(value)
