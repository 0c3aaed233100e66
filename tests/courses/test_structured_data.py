"""What search engines are told: only what the page shows, and nothing that the page would not say today."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import models
from courses.outward import structured_data
from tests.factories import (
    AccreditationFactory,
    ArticleFactory,
    CourseFactory,
    FacultyMemberFactory,
    IntakeFactory,
    ModuleFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told(client, address: str) -> dict[str, dict]:
    """The things that a page tells, by their type."""
    (block,) = BLOCK.findall(client.get(address).content.decode())
    return {thing["@type"]: thing for thing in json.loads(block)["@graph"]}


@pytest.fixture
def course():
    return CourseFactory(title="Peels", award="Certificate in Peels", hours_theory=Decimal("7.5"))


@pytest.fixture
def page(course):
    return course.get_absolute_url()


def test_home_tells_of_the_institute_and_its_search(client):
    things = told(client, "/")
    assert things.keys() == {"EducationalOrganization", "WebSite"}
    assert things["WebSite"]["potentialAction"]["target"]["urlTemplate"].endswith(
        "/courses/?q={search_term_string}"
    )


def test_course_tells_of_itself_its_way_and_its_institute(client, page):
    things = told(client, page)
    assert things.keys() == {"Course", "BreadcrumbList", "EducationalOrganization"}
    assert things["Course"]["educationalCredentialAwarded"] == {
        "@type": "EducationalOccupationalCredential",
        "name": "Certificate in Peels",
        "credentialCategory": "certificate",
    }
    assert things["Course"]["provider"]["@id"] == things["EducationalOrganization"]["@id"]
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == [
        "Home",
        "Courses",
        "Peels",
    ]


def test_what_is_to_be_confirmed_is_not_said(client):
    bare = CourseFactory(award="", languages="", outcomes="", entry_requirements="", hours_theory=None)
    IntakeFactory(
        course=bare, starts_on=None, ends_on=None, fee_minor=None, currency="", venue="", city="", country=""
    )
    thing = told(client, bare.get_absolute_url())["Course"]
    unknown = {"educationalCredentialAwarded", "availableLanguage", "teaches", "coursePrerequisites"}
    assert thing.keys() & unknown == set()
    (run,) = thing["hasCourseInstance"]
    assert run.keys() & {"startDate", "endDate", "offers", "location", "courseWorkload"} == set()


def test_run_tells_date_price_and_workload(client, course, page):
    start = timezone.localdate() + timedelta(days=40)
    IntakeFactory(course=course, starts_on=start, ends_on=start, fee_minor=680_050, currency="MYR")
    (run,) = told(client, page)["Course"]["hasCourseInstance"]
    assert (run["startDate"], run["courseWorkload"]) == (start.isoformat(), "PT7H30M")
    assert (run["offers"]["price"], run["offers"]["priceCurrency"]) == ("6800.50", "MYR")


def test_price_in_a_currency_without_cents_is_whole(client, course, page):
    IntakeFactory(course=course, fee_minor=900_000, currency="KRW")
    (run,) = told(client, page)["Course"]["hasCourseInstance"]
    assert run["offers"]["price"] == "900000"


def test_samples_and_cancelled_runs_are_not_told(client, course, page):
    IntakeFactory(course=course, is_sample=True)
    IntakeFactory(course=course, status=models.Intake.Status.CANCELLED)
    shown = IntakeFactory(course=course)
    runs = told(client, page)["Course"]["hasCourseInstance"]
    assert [run["name"] for run in runs] == [f"Peels ({shown.code})"]


@pytest.mark.parametrize(
    ("approval", "points"),
    [
        ({"reference": "R-1", "valid_to": None}, [8]),
        ({"reference": "R-1", "valid_to": date(2020, 1, 1)}, []),
        ({"reference": "", "valid_to": None}, []),
    ],
    ids=["in force", "expired", "without a reference"],
)
def test_points_are_told_only_with_an_approval_in_force(client, course, page, approval, points):
    AccreditationFactory(course=course, cpd_points=Decimal("8.0"), **approval)
    credits = told(client, page)["Course"].get("numberOfCredits", [])
    assert [credit["value"] for credit in credits] == points


def test_module_is_part_of_its_course(client, course):
    module = ModuleFactory(course=course)
    thing = told(client, module.get_absolute_url())["LearningResource"]
    assert thing["isPartOf"]["@id"] == told(client, course.get_absolute_url())["Course"]["@id"]


def test_article_tells_author_dates_and_sources(client):
    article = ArticleFactory(author=FacultyMemberFactory(name="Prof Dr Morthy"), body="Told by [@K1].")
    article.sources.add(SourceFactory(key="K1", citation="A study, 2020"))
    thing = told(client, article.get_absolute_url())["Article"]
    assert thing["author"] == {"@type": "Person", "name": "Prof Dr Morthy"}
    assert (thing["datePublished"], thing["citation"]) == (
        article.published_at.isoformat(),
        ["A study, 2020"],
    )


def test_no_title_breaks_out_of_the_block(client, page):
    title = "</script><script>alert(1)</script><!-- & \u2028"
    models.Course.objects.update(title=title)
    text = client.get(page).content.decode()
    assert "alert(1)</script>" not in text
    assert told(client, page)["Course"]["name"] == title


def test_draft_tells_machines_nothing(admin_client, page):
    models.Course.objects.update(published_at=None)
    text = admin_client.get(page).content.decode()
    assert [words for words in ("ld+json", "og:", "canonical") if words in text] == []


def test_every_public_page_names_its_one_address_and_picture(client, course):
    for address in ("/", page_of(course), "/courses/?profession=nurse&utm_source=x", "/articles/", "/about/"):
        text = client.get(address).content.decode()
        own = f"http://127.0.0.1:8000{address.partition('?')[0]}"
        assert f'<link rel="canonical" href="{own}">' in text
        assert f'<meta property="og:url" content="{own}">' in text
        assert 'property="og:image" content="http://127.0.0.1:8000/' in text


def test_later_page_of_a_list_has_an_address_of_its_own(client):
    CourseFactory.create_batch(21)
    text = client.get("/courses/?page=2").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/courses/?page=2">' in text


@pytest.mark.parametrize("name", ["enrollment:verify", "account_login", "account_signup"])
def test_pages_of_people_are_no_business_of_search_engines(client, name):
    assert '<meta name="robots" content="noindex">' in client.get(reverse(name)).content.decode()


def page_of(course) -> str:
    return course.get_absolute_url()


def test_hours_are_written_as_durations():
    assert [structured_data.hours(value) for value in (None, Decimal(0), Decimal(2), Decimal("0.5"))] == [
        *(None, None, "PT2H", "PT0H30M")
    ]
