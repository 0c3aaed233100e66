"""Every page for everyone: whoever may open it, in every way of looking (looking.py). The addresses are those of the
access matrix and of the URL patterns, so a page that nobody thought of here is walked too, or fails the test."""

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse

from courses.models import Article, Course, Module
from enrollment.models import Application
from iiwam.accounts.addresses import vouch_for_address
from tests import factories
from tests.access.conftest import build_world, people_around
from tests.access.test_matrix import COLUMNS, READING, addresses, rows
from tests.journeys import looking

pytestmark = pytest.mark.journey

# The doors of allauth: what a visitor meets, and what somebody signed in does, with an authenticator app at work.
DOORS_OF_VISITORS = {
    "account_login": "/accounts/login/",
    "account_signup": "/accounts/signup/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-used-up/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
    "account_confirm_email": "/accounts/confirm-email/used-up/",
    "account_email_verification_sent": "/accounts/confirm-email/",
    "account_inactive": "/accounts/inactive/",
}
DOORS_OF_MEMBERS = {
    "account_logout": "/accounts/logout/",
    "account_reauthenticate": "/accounts/reauthenticate/",
    "account_email": "/accounts/email/",
    "account_change_password": "/accounts/password/change/",
    "mfa_index": "/accounts/2fa/",
    "mfa_reauthenticate": "/accounts/2fa/reauthenticate/",
    "mfa_deactivate_totp": "/accounts/2fa/totp/deactivate/",
    "mfa_view_recovery_codes": "/accounts/2fa/recovery-codes/",
    "mfa_generate_recovery_codes": "/accounts/2fa/recovery-codes/generate/",
    "mfa_list_webauthn": "/accounts/2fa/webauthn/",
    "mfa_add_webauthn": "/accounts/2fa/webauthn/add/",
}
# No page of their own, or one that stands only in the middle of a story: test_accounts.py tells those.
NO_DOORS = {
    "account_confirm_login_code",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
}
# The real catalog: its lists, and its pages in the states that they have beside the plain one.
REAL = {
    "lists": ["/", "/courses/", "/intakes/", "/articles/", "/about/"],
    "answers": [
        "/courses/?q=needle&profession=doctor",
        "/courses/?q=zzzz&page=9999",
        "/eligibility/?profession=doctor&country=MY&licence=current&experience=3",
        "/verify/IIWAM-MN-2026-0000-0000-0000-0/",
        "/nothing-here/",
        "/courses/microneedling/",
        "/courses/microneedling/?profession=nurse&country=PH",
        "/articles/reading-a-needle-depth-claim/",
    ],
}
# The kinds of modules, which hold every figure between them.
FIGURES = ["anatomy", "devices", "protocols", "applications", "complications", "risk"]
# How many walks a column is divided into, so that none of them takes long; each begins with a world of its own.
WALKS = {"stranger": 2}
COLUMNS_THAT_OPEN = ["stranger", "other", "applicant", "learner", "editor", "assessor"]


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def people(world):
    return people_around(world)


@pytest.fixture
def window(new_context, live_server, faults):
    """Opens a window in which this person has signed in a moment ago."""
    faults.expect("404 (Not Found)")

    def open_window(person=None):
        context = new_context(base_url=live_server.url)
        context.set_default_timeout(15_000)
        looking.prepare(context)
        if person:
            context.add_cookies([{**session_of(person), "url": live_server.url}])
        return context.new_page()

    return open_window


def signed_in(person) -> Client:
    client = Client()
    if person:
        client.force_login(person)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session.save()
    return client


def session_of(person) -> dict[str, str]:
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": signed_in(person).cookies[name].value}


def walked(page, paths) -> list[str]:
    """All that is wrong with these pages, each with its address."""
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = looking.faults_of(page)
        if page.locator("h1").count() != 1:
            found[path].append("not one h1")
    return [f"{path} {fault}" for path, faults in found.items() for fault in faults]


def is_page(client, path) -> bool:
    return client.get(path).headers.get("Content-Type", "").startswith("text/html")


def pages_of(person, records, column) -> list[str]:
    """Every address of the matrix that this person is the first in its row to open, and that shows a page."""
    client = signed_in(person)
    for row in rows(READING):
        path, cells = row.values
        if (
            "200" in cells
            and COLUMNS[cells.index("200")] == column
            and is_page(client, path.format(**records))
        ):
            yield path.format(**records)


@pytest.fixture
def real_catalog(transactional_db):
    call_command("load_catalog", verbosity=0)
    call_command("load_samples", verbosity=0)


@pytest.mark.parametrize("part", REAL)
def test_real_catalog_is_for_everyone(window, real_catalog, part):
    assert walked(window(), REAL[part]) == []


def test_real_figures_are_for_everyone(window, real_catalog):
    modules = Module.objects.filter(course__slug="microneedling").select_related("course")
    assert [module.kind for module in modules] == FIGURES == Module.Kind.values[:-1]
    assert walked(window(), [module.get_absolute_url() for module in modules]) == []


@pytest.mark.parametrize(
    ("column", "walk"),
    [(column, walk) for column in COLUMNS_THAT_OPEN for walk in range(WALKS.get(column, 1))],
)
def test_every_page_of_the_matrix_is_for_everyone(window, world, people, column, walk):
    paths = list(pages_of(people[column], world, column))[walk :: WALKS.get(column, 1)]
    assert paths
    assert walked(window(people[column]), paths) == []


def test_every_row_of_the_matrix_is_walked_by_somebody():
    firsts = {COLUMNS[row.values[1].index("200")] for row in rows(READING) if "200" in row.values[1]}
    assert firsts == set(COLUMNS_THAT_OPEN)


def test_every_door_of_visitors_is_for_everyone(window):
    assert walked(window(), DOORS_OF_VISITORS.values()) == []


def test_every_door_of_members_is_for_everyone(window):
    person = factories.UserFactory(email="ada@example.org")
    vouch_for_address(user=person)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    assert walked(window(person), DOORS_OF_MEMBERS.values()) == []


def test_every_door_has_a_row():
    doors = {name for name in addresses(get_resolver()) if name.startswith(("account_", "mfa_"))}
    assert {*DOORS_OF_VISITORS, *DOORS_OF_MEMBERS, *NO_DOORS} == doors


def test_office_is_for_everyone(window, world, people):
    owner = people["owner"]
    paths = [
        reverse("admin:index"),
        reverse("admin:courses_course_changelist"),
        reverse("admin:courses_subject_add"),
        reverse("admin:enrollment_application_changelist"),
        reverse("admin:enrollment_event_changelist"),
    ]
    assert walked(window(owner), paths) == []


EMPTY = ["/", "/courses/", "/intakes/", "/articles/", "/about/", "/eligibility/"]
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
LONG_TITLE = ("A working title that nobody shortened " * 10)[:160]
WINDOWS = [looking.ZOOMED, looking.PHONE, {"width": 768, "height": 1024}, looking.DESK]


def test_site_without_content_is_for_everyone(window):
    assert walked(window(), EMPTY) == []


# Where the form stands, by whom it is sent with nonsense in it.
FORMS = {
    "/accounts/login/": None,
    "/accounts/signup/": None,
    "/verify/?number=nonsense": None,
    "/applications/{reference}/about/": "applicant",
    "/applications/{reference}/check/": "applicant",
    "/learn/{enrollment}/logbook/new/": "learner",
    "/assess/{entry}/": "assessor",
}
SEND = """() => {
    const form = document.querySelector("main form[method=post]");
    if (!form) return;
    form.noValidate = true;
    form.querySelectorAll("input:not([type=hidden], [type=file]), textarea").forEach(field => { field.value = "?"; });
    (form.querySelector("button:not([name]), button[name=save]") ?? form.querySelector("button")).click();
}"""


FAINT = """<html lang="en"><title>Planted</title><style>
    body { background: light-dark(#fff, #111); color: light-dark(#111, #eee); color-scheme: light dark }
    .grey { color: light-dark(#999, #eee) } .dim { opacity: .4 } .night { background: #111; color: #333 }
    .large { font-size: 24px; color: #888 } .glass { background: rgb(0 0 0 / 60%); color: #333 } .hidden { display: none }
</style><body><main><h1>Planted</h1><p>Plain</p><p class="grey">Grey</p><p class="dim">Dim</p>
<div class="night"><p>Night</p></div><p class="large">Large</p><p class="glass">Glass</p><p class="grey hidden">Hidden</p>
<button disabled class="grey">Off</button></main>"""


SEEN = {"light": {"Grey", "Dim", "Night", "Glass"}, "dark": {"Dim", "Night", "Glass"}}


@pytest.mark.parametrize("light", SEEN)
def test_faint_text_is_seen_as_axe_sees_it(window, light):
    page = window()
    page.route("**/planted/", lambda route: route.fulfill(body=FAINT, content_type="text/html"))
    page.goto("/planted/")
    looking.seen_by(page, light=light, screen=looking.DESK)
    ours = {fault.rpartition("> ")[2] for fault in page.evaluate("looking.faint()")}
    theirs = {
        fault.rpartition("</")[0].rpartition(">")[2] for fault in looking.axe(page) if "contrast" in fault
    }
    assert ours == theirs == SEEN[light]


@pytest.mark.parametrize(("path", "name"), FORMS.items())
def test_page_with_errors_is_for_everyone(window, world, people, path, name):
    page = window(people[name] if name else None)
    page.goto(path.format(**world))
    page.evaluate(SEND)
    page.locator(".errsum, .err").first.wait_for()
    page.wait_for_load_state("load")
    assert looking.faults_of(page) == []


def test_long_words_and_titles_keep_within_the_screen(window, world, people):
    Course.objects.filter(slug=world["course"]).update(title=LONG_TITLE, summary=LONG_WORD)
    Module.objects.filter(slug=world["module"]).update(title=LONG_TITLE)
    Article.objects.filter(slug=world["article"]).update(title=LONG_WORD)
    Application.objects.update(legal_name=LONG_WORD[:120], workplace=LONG_WORD)
    page, found = window(people["learner"]), []
    for path in [
        "/",
        "/courses/",
        "/courses/{course}/",
        "/courses/{course}/{module}/",
        "/articles/",
        "/learn/{enrollment}/",
        "/articles/{article}/",
        "/applications/",
        "/learn/",
        "/learn/{enrollment}/certificate/",
        "/verify/{number}/",
    ]:
        page.goto(path.format(**world))
        for size in WINDOWS:
            looking.seen_by(page, light="light", screen=size)
            lost = page.evaluate("[...looking.sideways(), ...looking.lostText()]")
            found += [f"{path} at {size['width']}: {fault}" for fault in lost]
    assert found == []
