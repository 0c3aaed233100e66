"""Names stand on one line, wherever somebody writes one and wherever one is printed."""

import io
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.forms import modelform_factory
from pypdf import PdfReader

from courses.models import FacultyMember
from enrollment import admissions, certification, snapshot
from enrollment.admin.certificate_forms import SupersedeForm
from enrollment.credentials import pdf
from enrollment.forms.sections import AboutForm
from enrollment.models import Application, Letter, LetterWording
from enrollment.tasks import deliver_letter
from iiwam.accounts.forms import NameForm
from iiwam.accounts.models import User
from iiwam.accounts.names import ON_ONE_LINE, on_one_line, validate_name
from tests import factories

from .learners import AT, finished, registrar

pytestmark = pytest.mark.django_db
SENTENCE = str(ON_ONE_LINE)
HOSTILE = "Nurul\r\nBcc: all@iiwam.example\u202e\x07 Aisyah"
FIT = "Nurul Bcc: all@iiwam.example  Aisyah"
SECOND_LINES = [
    "Nurul\nAisyah",
    "Nurul\tAisyah",
    "Nurul\u2028Aisyah",
    "Nurul \x07Aisyah",
    "Nurul \u202eAisyah",
]


@pytest.mark.parametrize("name", SECOND_LINES, ids=ascii)
def test_name_of_more_than_a_line_is_refused_with_one_sentence(name):
    with pytest.raises(ValidationError) as refused:
        validate_name(name)
    assert refused.value.messages == [SENTENCE]


@pytest.mark.parametrize(
    "name",
    [
        "D'Souza-Lim, Anne-Marie (née Łoś)",
        "Nurul\xa0Aisyah",
        "山田　太郎",
        "क्‍ष शर्मा",
        "សុខ​ចាន់ដារ៉ា",
        "မောင်‌မောင်",
    ],
)
def test_name_in_any_script_is_taken_and_printed_as_it_was_written(name):
    validate_name(name)
    assert on_one_line(name) == name


def forms():
    """Every form in which somebody writes the name of a person."""
    about = {"legal_name": HOSTILE, "certificate_name": HOSTILE, "native_name": HOSTILE}
    right = {"name": HOSTILE, "printed_name": HOSTILE, "native_name": HOSTILE}
    person = {"email": "a@b.co", "full_name": HOSTILE}
    yield NameForm(person)
    yield modelform_factory(User, fields=["email", "full_name"])(person)
    yield modelform_factory(FacultyMember, fields=["name"])(right)
    yield AboutForm(about, instance=Application(intake=factories.IntakeFactory()))
    yield SupersedeForm(right, record=SimpleNamespace(snapshot={}))


def test_every_form_refuses_it_beside_the_field():
    told = {
        type(form).__name__: {name for name, errors in form.errors.items() if errors == [SENTENCE]}
        for form in forms()
    }
    assert told == {
        "NameForm": {"full_name"},
        "UserForm": {"full_name"},
        "FacultyMemberForm": {"name"},
        "AboutForm": {"legal_name", "certificate_name", "native_name"},
        "SupersedeForm": {"name", "printed_name", "native_name"},
    }


def test_account_page_and_office_refuse_it_in_words(client):
    ada = factories.UserFactory(full_name="Ada")
    client.force_login(ada)
    assert SENTENCE in client.post("/account/", {"full_name": "Ada\nLim"}).content.decode()
    client.force_login(factories.StaffFactory(rights=["view_user", "change_user"]))
    page = client.post(f"/admin/accounts/user/{ada.pk}/change/", {"full_name": "Ada\nLim"})
    assert SENTENCE in page.content.decode()
    ada.refresh_from_db()
    assert ada.full_name == "Ada"


def test_saving_by_itself_keeps_the_rest_of_the_section():
    draft = factories.ApplicationFactory(city="", legal_name="Nurul")
    form = AboutForm({"legal_name": "Nurul\nAisyah", "city": "Ipoh"}, instance=draft)
    assert (form.is_valid(), "legal_name" in form.good_answers, form.good_answers["city"]) == (
        False,
        False,
        "Ipoh",
    )


def test_a_letter_to_a_name_from_before_keeps_its_head_and_its_lines(django_capture_on_commit_callbacks):
    LetterWording.objects.create(
        name="application-declined", subject="{{ reader }}: no", body="Dear {{ reader }},\n\n{{ note }}"
    )
    decider = factories.StaffFactory(rights=["review_application", "decide_application"], full_name=HOSTILE)
    application = factories.ApplicationFactory(status="in_review", legal_name=HOSTILE)
    admissions.decline(application=application, by=decider, note="Full.", at=AT)
    letter = Letter.objects.get()
    deliver_letter.call(letter.pk)
    (sent,) = mail.outbox
    read = message_from_bytes(sent.message().as_bytes(), policy=default)
    assert read["Subject"] == " ".join(f"{FIT}: no".split()) and read["Bcc"] is None
    assert f"Dear {FIT}," in sent.body.splitlines()
    assert application.history.get(move="decline").actor_name == FIT


def test_a_certificate_prints_a_name_from_before_on_one_line():
    enrollment = finished()
    names = {"legal_name": HOSTILE, "certificate_name": f"Dr {HOSTILE}", "native_name": "นูรุล\nไอชะห์"}
    Application.objects.filter(pk=enrollment.application_id).update(**names)
    FacultyMember.objects.create(name="Prof.\nMorthy", slug="m", role="Director", is_director=True)
    issuer = registrar()
    issuer.full_name = "Grace\tLim"
    issuer.save()
    enrollment.refresh_from_db()
    taken = certification.issue_certificate(enrollment=enrollment, by=issuer, at=AT).snapshot
    assert taken["holder"] == {
        "name": FIT,
        "printed_name": f"Dr {FIT}",
        "native_name": "นูรุล ไอชะห์",
        "native_language": "th",
    }
    assert [one["name"] for one in taken["signatories"]] == ["Prof. Morthy", "Grace Lim"]
    printed = PdfReader(io.BytesIO(pdf.draw(taken))).pages[0].extract_text()
    assert " ".join(f"Dr {FIT}".split()) in " ".join(printed.split())


def test_a_name_of_nothing_that_prints_is_no_name():
    assert snapshot.named("\x07\n", "", "")["name"] == ""
