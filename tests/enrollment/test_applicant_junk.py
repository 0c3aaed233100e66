"""Whatever a script sends to the applicant's pages, it gets an answer and never an error of ours."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.completeness import CHOICES, DECLARATIONS
from enrollment.forms.sections import SECTION_FORMS
from tests import factories
from tests.enrollment import files

pytestmark = pytest.mark.django_db

JUNK = [
    "",
    " ",
    "\0",
    "a\0b",
    "\r\n",
    "\ufeff",
    "\u202e",
    "\U0010ffff",
    "😀" * 400,
    "x" * 100_000,
    "-1",
    "0",
    "1e309",
    "NaN",
    "9" * 400,
    "9" * 5000,
    "9223372036854775808",
    "-9223372036854775809",
    "٣",
    "²",
    "0x10",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "%00",
    "+" * 300,
    "+99999999999999999999",
    "MMC",
    "saved",
]
ANSWERED = {200, 302, 404, 409, 413}


@pytest.fixture
def draft():
    draft = factories.ApplicationFactory()
    factories.EvidenceRequirementFactory(course=draft.intake.course, kind="photo-id")
    return draft


@pytest.fixture
def owner(client, draft):
    client.force_login(draft.applicant)
    return client


def names_of(section):
    names = []
    for name, field in SECTION_FORMS[section].base_fields.items():
        suffixes = getattr(field.widget, "widgets_names", [""])
        names += [f"{name}{suffix}" for suffix in suffixes]
    return [*names, "seen", "from", "later", *(f"keep-{name}" for name in SECTION_FORMS[section].base_fields)]


@pytest.mark.parametrize("section", SECTION_FORMS)
def test_a_section_full_of_junk_is_answered(owner, draft, section):
    address = reverse("enrollment:section", args=[draft.reference, section])
    got = {
        junk[:20]: owner.post(address, dict.fromkeys(names_of(section), junk)).status_code for junk in JUNK
    }

    assert {junk: status for junk, status in got.items() if status not in ANSWERED} == {}
    assert owner.get(address).status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), section=st.sampled_from(sorted(SECTION_FORMS)))
def test_any_text_at_all_is_answered(owner, draft, data, section):
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(JUNK)
    answers = data.draw(st.dictionaries(st.sampled_from(names_of(section)), text, max_size=8))
    address = reverse("enrollment:section", args=[draft.reference, section])

    assert owner.post(address, answers).status_code in ANSWERED
    assert owner.get(reverse("enrollment:check", args=[draft.reference])).status_code == 200


OTHERS = (
    "declarations",
    "consents",
    "evidence",
    "check",
    "accept_offer",
    "decline_offer",
    "keep_waiting",
    "leave",
    "withdraw",
)


@pytest.mark.parametrize("status", ["draft", "offered", "enrolled"])
@pytest.mark.parametrize("name", OTHERS)
def test_junk_in_the_other_forms_is_answered(owner, draft, name, status):
    application = factories.ApplicationFactory(applicant=draft.applicant, status=status)
    address = reverse(f"enrollment:{name}", args=[application.reference])
    fields = [*DECLARATIONS, *CHOICES, "note", "photo-id", "stay", "from", "later"]
    got = {junk[:20]: owner.post(address, dict.fromkeys(fields, junk)).status_code for junk in JUNK}

    assert {junk: code for junk, code in got.items() if code not in ANSWERED} == {}


@pytest.mark.parametrize(
    "path",
    [
        "/apply/{junk}/",
        "/applications/{junk}/",
        "/applications/{reference}/{junk}/",
        "/applications/{reference}/documents/{junk}/",
        "/applications/{reference}/documents/{junk}/remove/",
    ],
)
@pytest.mark.parametrize(
    "junk", ["x", "0", "9" * 30, "9" * 5000, "%F0%9F%98%80", "a%20b", "a" * 3000, "..%2f", "%22"]
)
def test_junk_in_an_address_is_not_found(owner, draft, path, junk):
    address = path.format(junk=junk, reference=draft.reference)
    assert {owner.get(address).status_code, owner.post(address).status_code} <= {404, 405}


@pytest.mark.parametrize(
    "name",
    [
        "a\0.pdf",
        "x" * 3000 + ".pdf",
        "../../../etc/passwd",
        "C:\\a\\b.pdf",
        "ใบ อนุญาต.pdf",
        "\u202efdp.exe",
        '"; x="',
    ],
)
def test_a_file_of_any_name_is_answered(owner, draft, name):
    address = reverse("enrollment:evidence", args=[draft.reference])
    response = owner.post(address, {"photo-id": SimpleUploadedFile(name, files.pdf(), "text/html")})

    assert response.status_code in ANSWERED
    assert owner.get(address).status_code == 200
    for document in draft.documents.all():
        shown = owner.get(reverse("enrollment:document", args=[draft.reference, document.pk]))
        assert (shown.status_code, shown["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="photo-id"; filename="a.pdf"\r\n\r\n%PDF',
        b'--x\r\nContent-Disposition: form-data; name="photo-id"; filename=""\r\n\r\n\r\n--x--\r\n',
        b"\xff\xfe\0" * 50,
    ],
)
def test_a_torn_upload_is_answered(owner, draft, body):
    address = reverse("enrollment:evidence", args=[draft.reference])
    response = owner.generic("POST", address, body, content_type="multipart/form-data; boundary=x")

    assert response.status_code in ANSWERED | {400}
    assert draft.documents.count() == 0
