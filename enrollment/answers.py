"""What an applicant writes: answers, section by section, and declarations in the words that were shown."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import permissions as who
from .models import Application, Declaration, ExtraAnswer
from .opinions import may_change
from .questionnaire import SECTIONS, Questionnaire, answers_of, fingerprint_of
from .workflow import MoveRefused, lock


@dataclass(frozen=True)
class Turn:
    """A save of one window: the name that the window goes by, and how often a script of it has saved; 0 without one."""

    window: str
    number: int = 0

    def follows(self, last: list | None) -> bool:
        """Whether the window that saved last is this one, and it has written on since. What comes late follows nothing."""
        if not last or last[0] != self.window:
            return False
        return self.number > last[1] or self.number == last[1] == 0


class StaleAnswers(MoveRefused):
    """Somebody, perhaps the same person in another window, saved in between; nothing was overwritten."""

    def __init__(self, sentence: str, *, present: dict[str, Any]):
        super().__init__(sentence)
        self.present = present


@transaction.atomic
def save_section(
    *,
    application: Application,
    by: Any,
    section: str,
    values: Mapping[str, Any],
    seen: str | None = None,
    turn: Turn | None = None,
    at: datetime | None = None,
) -> Application:
    """The section holds these answers and the version is one higher; saving the same again changes nothing.

    `seen` is the fingerprint of the answers that the writer had before their eyes. Raises StaleAnswers, with what
    stands there now, when that is no longer what the section holds, unless it holds what an earlier `turn` of the same
    window wrote; MoveRefused when the application can't be changed any more.
    """
    application = editable(application, by)
    require_open(application, section)
    present = answers_of(application, section)
    extras = {one.name: one for one in Questionnaire(application).extras(section)}
    known = {*SECTIONS[section].fields, *extras}
    values = {name: value for name, value in values.items() if name in known}
    changed = {name: value for name, value in values.items() if present.get(name, "") != value}
    if not changed:
        return application
    goes_on = turn is not None and turn.follows(application.last_turns.get(section))
    if seen is not None and seen != fingerprint_of(present) and not goes_on:
        raise StaleAnswers(
            _("These answers were changed in another window. Compare them, then save again."), present=present
        )
    _check_intake(application, changed, at or timezone.now())
    for name in changed.keys() & extras.keys():
        _keep_extra(application, extras[name], changed.pop(name))
    _note_turn(application, section, turn)
    return _keep(application, changed)


def _note_turn(application: Application, section: str, turn: Turn | None) -> None:
    """The section knows which window it was saved from, or that it was none."""
    others = {key: last for key, last in application.last_turns.items() if key != section}
    application.last_turns = others | ({section: [turn.window, turn.number]} if turn else {})


def _keep(application: Application, changed: Mapping[str, Any]) -> Application:
    for name, value in changed.items():
        setattr(application, name, value)
    application.version += 1
    try:
        with transaction.atomic():
            application.save(update_fields=[*changed, "last_turns", "version", "updated_at"])
    except IntegrityError as twin:
        raise MoveRefused(_("You have another application for that intake.")) from twin
    return application


def _keep_extra(application: Application, question: Any, value: str) -> None:
    ExtraAnswer.objects.update_or_create(
        application=application, question=question, defaults={"asked_as": question.label, "value": value}
    )


def _check_intake(application: Application, changed: Mapping[str, Any], at: datetime) -> None:
    """Another run of the same course may be chosen, while nobody has begun to decide."""
    for name in changed.keys() & {"intake", "second_choice"}:
        if (intake := changed[name]) is None:
            continue
        if application.status != Application.Status.DRAFT and name == "intake":
            raise MoveRefused(_("Your application has been sent for its intake. Write to us to change it."))
        if intake.course_id != application.intake.course_id or not intake.accepts_applications(at):
            raise MoveRefused(
                _("This intake takes no applications now. Choose another intake of the course.")
            )


@transaction.atomic
def agree(
    *,
    application: Application,
    by: Any,
    declarations: Iterable[str],
    shown: Collection[str] | None = None,
    at: datetime | None = None,
) -> list[Declaration]:
    """Of the texts `shown` (all, when not said) exactly those with these keys are agreed to, each kept as it read.

    What was agreed to before and is not now is taken back: it is kept with both its times. Consents that nothing
    depends on can be changed as long as the application exists; all else only while it is open.
    """
    texts = {one.key: one for one in Questionnaire(application).statements}
    shown = set(texts) if shown is None else set(shown) & set(texts)
    agreed = set(declarations) & shown
    if all(texts[key].section == "consents" and not texts[key].is_required for key in shown):
        lock(application)
        _check_applicant(application, by)
    else:
        application = editable(application, by)
        for section in {texts[key].section for key in shown}:
            require_open(application, section)
    standing = {one.key: one for one in application.declarations.standing()}
    now = at or timezone.now()
    for key in shown:
        made = standing.get(key)
        if made and (key not in agreed or made.version != texts[key].version):
            made.withdrawn_at = now
            made.save(update_fields=["withdrawn_at"])
            made = None
        if key in agreed and made is None:
            _declare(application, texts[key], now)
    return list(application.declarations.standing())


def _declare(application: Application, text: Any, at: datetime) -> None:
    application.declarations.create(
        key=text.key, version=text.version, text=text.text, notice=text.notice, agreed_at=at
    )


def _check_applicant(application: Application, by: Any) -> None:
    if not who.is_applicant(by, application):
        raise MoveRefused(_("Only the applicant can change this application."))


def require_open(application: Application, section: str) -> None:
    """Refused for a section that the reviewer's request leaves as it was sent."""
    if not may_change(application, section):
        raise MoveRefused(
            _("We asked you about other parts of your application. “%(section)s” stays as you sent it.")
            % {"section": SECTIONS[section].label}
        )


def editable(application: Application, by: Any) -> Application:
    """The application as it is now, kept still until this transaction ends; refused unless its applicant may write."""
    application = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("intake__course", "profession")
        .get(pk=application.pk)
    )
    _check_applicant(application, by)
    if not application.is_editable:
        raise MoveRefused(
            _("This application is “%(status)s” now, so its answers stay as they are.")
            % {"status": application.get_status_display()}
        )
    return application
