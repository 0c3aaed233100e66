"""Answers and declarations: saved by their owner only, never over somebody's newer words."""

from datetime import UTC, date, datetime

import pytest

from enrollment import admissions
from enrollment.models import Application
from enrollment.workflow import MoveRefused
from tests.factories import (
    ApplicationFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def save(application, values, section="about", by=None, version=None):
    return admissions.save_section(
        application=application,
        by=by or application.applicant,
        section=section,
        values=values,
        version=version,
    )


# Answers


def test_saving_a_section_keeps_its_answers_and_counts_up():
    application = ApplicationFactory()
    save(application, {"city": "Penang", "birth_date": date(1990, 5, 17)}, version=1)
    application.refresh_from_db()
    assert (application.city, application.birth_date, application.version) == ("Penang", date(1990, 5, 17), 2)


def test_a_section_takes_its_own_fields_only():
    application = ApplicationFactory()
    save(application, {"city": "Penang", "status": "enrolled", "motivation": "Mine", "version": 99})
    application.refresh_from_db()
    assert (application.city, application.status, application.motivation, application.version) == (
        "Penang",
        "draft",
        "",
        2,
    )


def test_stale_answers_are_refused_with_what_stands_there():
    application = ApplicationFactory(city="Penang")
    save(application, {"city": "Ipoh"}, version=1)
    with pytest.raises(admissions.StaleAnswers) as stale:
        save(application, {"city": "Kuching"}, version=1)
    assert (stale.value.present["city"], stale.value.version) == ("Ipoh", 2)
    assert Application.objects.get().city == "Ipoh"


def test_the_same_form_sent_again_changes_nothing():
    application = ApplicationFactory()
    for _time in range(5):
        save(application, {"city": "Penang"}, version=1)
    assert Application.objects.get().version == 2


@pytest.mark.parametrize("status", ["draft", "info_requested"])
def test_answers_can_be_changed_while_open(status):
    application = ApplicationFactory(status=status)
    save(application, {"city": "Penang"})
    assert Application.objects.get().city == "Penang"


def test_answers_stay_as_they_were_sent():
    closed = set()
    for status in Application.Status.values:
        application = ApplicationFactory(status=status)
        try:
            save(application, {"city": "Penang"})
        except MoveRefused as refused:
            assert "so its answers stay as they are" in str(refused)
            closed.add(status)
    assert closed == set(Application.Status.values) - {"draft", "info_requested"}


def test_nobody_else_changes_answers_not_even_staff():
    application = ApplicationFactory()
    for by in (UserFactory(), StaffFactory(is_superuser=True)):
        with pytest.raises(MoveRefused, match="Only the applicant"):
            save(application, {"city": "Penang"}, by=by)
    assert Application.objects.get().city == ""


# Declarations


def test_declarations_are_kept_in_the_words_shown():
    application = ApplicationFactory()
    admissions.agree(
        application=application, by=application.applicant, declarations={"accurate": "It is true."}, at=AT
    )
    assert list(application.declarations.values_list("key", "text", "agreed_at")) == [
        ("accurate", "It is true.", AT)
    ]


def test_what_is_no_longer_declared_is_gone_and_the_rest_keeps_its_time():
    application = ApplicationFactory()
    for day, declared in [
        (1, {"accurate": "It is true.", "scope": "No licence."}),
        (2, {"accurate": "It is true."}),
    ]:
        admissions.agree(
            application=application,
            by=application.applicant,
            declarations=declared,
            at=datetime(2026, 3, day, tzinfo=UTC),
        )
    kept = list(application.declarations.values_list("key", "agreed_at"))
    assert kept == [("accurate", datetime(2026, 3, 1, tzinfo=UTC))]


def test_new_words_are_declared_anew():
    application = ApplicationFactory()
    for day, words in [(1, "It is true."), (2, "It is true and complete.")]:
        admissions.agree(
            application=application,
            by=application.applicant,
            declarations={"accurate": words},
            at=datetime(2026, 3, day, tzinfo=UTC),
        )
    kept = list(application.declarations.values_list("text", "agreed_at"))
    assert kept == [("It is true and complete.", datetime(2026, 3, 2, tzinfo=UTC))]
