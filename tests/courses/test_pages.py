import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from courses import models
from tests.factories import (
    AccreditationFactory,
    ArticleFactory,
    CourseFactory,
    EnrollmentFactory,
    EvidenceRequirementFactory,
    IntakeFactory,
    ModuleFactory,
    ProfessionFactory,
    SourceFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def course():
    return CourseFactory(slug="microneedling", code="MN", title="Microneedling", title_confirmed=True)


@pytest.fixture
def article():
    return ArticleFactory(slug="scars", title="Needling scars", summary="Where it helps.")


@pytest.fixture
def editor(client):
    person = UserFactory()
    rights = Permission.objects.filter(codename__in=["change_course", "change_article"])
    person.user_permissions.set(rights)
    client.force_login(person)
    return client


@pytest.fixture
def every_page(course, article):
    module = ModuleFactory(course=course, slug="anatomy")
    return [
        reverse("home"),
        reverse("courses:catalog"),
        course.get_absolute_url(),
        module.get_absolute_url(),
        reverse("courses:article_list"),
        article.get_absolute_url(),
        reverse("courses:about"),
        reverse("courses:eligibility"),
        reverse("courses:sitemap"),
    ]


def test_every_page_answers_get_and_head_and_nothing_else(client, every_page):
    for page in every_page:
        assert client.get(page).status_code == 200, page
        assert client.head(page).status_code == 200, page
        if "sitemap" not in page:
            assert client.post(page).status_code == 405, page


def test_every_page_leaves_an_anonymous_visitor_without_a_cookie(client, every_page):
    for page in every_page:
        assert not client.get(page).cookies, page


def test_every_page_stands_on_an_empty_database(client):
    pages = ["home", "courses:catalog", "courses:article_list", "courses:about", "courses:sitemap"]
    assert [client.get(reverse(page)).status_code for page in pages] == [200] * 5


def test_every_page_says_where_it_belongs(client, every_page):
    for page in every_page[:-1]:
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{page}">' in text_of(client.get(page))


def test_titles_differ_from_page_to_page(client, every_page):
    titles = [text_of(client.get(page)).split("<title>")[1].split("</title>")[0] for page in every_page[:-1]]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "path",
    [
        "/courses/none/",
        "/courses/none/none/",
        "/courses/microneedling/none/",
        "/articles/none/",
        "/courses/a b/",
    ],
)
def test_what_does_not_exist_is_not_found(client, course, path):
    assert client.get(path).status_code == 404


def test_course_draft_is_not_found_by_the_public(client):
    draft = CourseFactory(published_at=None)
    module = ModuleFactory(course=draft)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(module.get_absolute_url()).status_code == 404
    assert draft.title not in text_of(client.get(reverse("courses:catalog")))


def test_article_draft_is_not_found_by_the_public(client):
    draft = ArticleFactory(published_at=None)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert draft.title not in text_of(client.get(reverse("courses:article_list")))


def test_draft_is_a_marked_preview_for_editors_that_nobody_keeps(editor):
    course = CourseFactory(published_at=None)
    pages = [course, ModuleFactory(course=course), ArticleFactory(published_at=None)]
    for page in pages:
        response = editor.get(page.get_absolute_url())
        assert "Only editors see this page" in text_of(response)
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert response["X-Robots-Tag"] == "noindex"


def test_published_page_carries_no_draft_mark_for_editors(editor, course):
    assert "Only editors see this page" not in text_of(editor.get(course.get_absolute_url()))


def test_home_names_the_next_intake_and_marks_a_sample(client, course):
    IntakeFactory(course=course, starts_on=date(2099, 3, 15), ends_on=None, is_sample=True)
    page = text_of(client.get("/"))
    assert '<time class="nw" datetime="2099-03-15">15 Mar 2099</time>' in page
    assert '<span class="sample">sample</span>' in page


def test_home_marks_no_real_intake_as_sample(client, course):
    IntakeFactory(course=course)
    assert 'class="sample"' not in text_of(client.get("/"))


def test_home_leaves_out_intakes_that_nobody_can_apply_to(client, course):
    IntakeFactory(course=course, code="closed", status=models.Intake.Status.CLOSED)
    IntakeFactory(course=CourseFactory(published_at=None), code="draft")
    IntakeFactory(course=CourseFactory(enrolment=models.Course.Enrolment.INTEREST), code="interest")
    page = client.get("/")
    assert list(page.context["intakes"]) == []
    assert "No intake is open at the moment" in text_of(page)


def test_home_names_countries_in_their_own_script(client):
    models.Affiliation.objects.create(
        country="TH", name="Thailand", native_name="ประเทศไทย", native_language="th", position=1
    )
    assert '<b lang="th">ประเทศไทย</b>' in text_of(client.get("/"))


def test_home_asks_for_a_certificate_number_by_get(client):
    page = text_of(client.get("/"))
    assert 'action="/verify/"' in page
    assert 'name="number"' in page
    assert 'method="post"' not in page.split("<main")[1].split("</main>")[0]


def test_course_page_says_what_is_not_confirmed(client):
    course = CourseFactory(duration="", award="", languages="", hours_theory=None, title_confirmed=False)
    IntakeFactory(course=course, fee_minor=None, starts_on=None, ends_on=None)
    page = client.get(course.get_absolute_url())
    facts = text_of(page).split('<div class="slide">')[1].split("</aside>")[0]
    assert (
        facts.count("To be confirmed") == 7
    )  # start, fee, how it is taught, length, hours, award, languages
    assert "This is a working title" in text_of(page)


def test_course_page_shows_deadline_on_the_clocks_of_the_intake(client, course):
    IntakeFactory(
        course=course,
        applications_close_at=datetime(2099, 2, 12, 15, 59, tzinfo=UTC),
        timezone="Asia/Kolkata",
    )
    page = text_of(client.get(course.get_absolute_url()))
    assert "12 Feb 2099</span> <small>21:29, Kolkata time, UTC+5:30</small></time>" in page


def test_course_page_offers_each_open_intake_and_no_other(client, course):
    opened = IntakeFactory(course=course, code="mn-open")
    IntakeFactory(course=course, code="mn-closed", status=models.Intake.Status.CLOSED)
    late = datetime(2020, 1, 1, tzinfo=UTC)
    IntakeFactory(course=course, code="mn-late", applications_close_at=late)
    page = client.get(course.get_absolute_url())
    assert [intake.code for intake in page.context["accepting"]] == [opened.code]
    assert {intake.code for intake in page.context["intakes"]} == {"mn-open", "mn-closed", "mn-late"}


def test_full_intake_is_offered_as_a_waiting_list_everywhere(client, course):
    intake = IntakeFactory(course=course, code="mn-full", capacity=1)
    EnrollmentFactory(application__intake=intake)
    for page in ("/", "/courses/", course.get_absolute_url()):
        assert "waiting list" in text_of(client.get(page)).lower(), page
    page = text_of(client.get(course.get_absolute_url()))
    assert "Apply for the waiting list" in page
    assert "Apply for this intake" not in page


def test_first_views_name_the_next_intake_with_a_free_seat_when_the_next_is_full(client, course):
    full = IntakeFactory(course=course, code="mn-full", capacity=1, starts_on=date(2099, 1, 1))
    EnrollmentFactory(application__intake=full)
    assert "free seat" not in text_of(client.get("/")).lower()
    assert "Free seats from" not in text_of(client.get(course.get_absolute_url()))
    IntakeFactory(course=course, code="mn-free", capacity=3, starts_on=date(2099, 2, 1))
    home = text_of(client.get("/"))
    assert "Next intake with a free seat" in home and "1 February 2099</time>, 3 seats left" in home
    assert re.search(r"Free seats from <time[^>]*>1 Feb 2099", text_of(client.get(course.get_absolute_url())))


def test_open_intake_leads_to_the_start_of_an_application(client, course):
    IntakeFactory(course=course, code="mn-open", capacity=7)
    page = text_of(client.get(course.get_absolute_url()))
    assert page.count('href="/apply/mn-open/"') == 2  # label and table
    assert "7 of 7" in page


def test_course_page_leaves_out_cancelled_and_past_intakes(client, course):
    IntakeFactory(course=course, status=models.Intake.Status.CANCELLED)
    IntakeFactory(course=course, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 8))
    assert client.get(course.get_absolute_url()).context["intakes"] == []


def test_course_that_takes_interest_only_is_not_open_yet(client):
    course = CourseFactory(enrolment=models.Course.Enrolment.INTEREST)
    IntakeFactory(course=course)
    page = client.get(course.get_absolute_url())
    assert page.context["accepting"] == []
    assert "<h2>Not open yet</h2>" in text_of(page)


def test_course_page_shows_points_only_while_the_approval_stands(client, course):
    approval = AccreditationFactory(course=course, reference="CPD-77", cpd_points=12)
    assert "<dt>CPD points</dt><dd>12<small>" in text_of(client.get(course.get_absolute_url()))
    approval.valid_to = date(2020, 1, 1)
    approval.save()
    assert "<dt>CPD points</dt>" not in text_of(client.get(course.get_absolute_url()))


def test_course_page_shows_no_points_without_a_reference(client, course):
    AccreditationFactory(course=course, reference="", cpd_points=12)
    page = text_of(client.get(course.get_absolute_url()))
    assert "<dt>CPD points</dt>" not in page
    assert "No CPD points are shown" in page


def test_course_page_keeps_the_records_of_other_courses_out(client, course):
    AccreditationFactory(course=CourseFactory(), body="Somebody else")
    assert "Somebody else" not in text_of(client.get(course.get_absolute_url()))


def test_course_page_names_documents_and_whom_they_are_asked_of(client, course):
    nurses = ProfessionFactory(name="Nurse", name_plural="Nurses")
    EvidenceRequirementFactory(course=course, label="Licence", profession=nurses)
    EvidenceRequirementFactory(course=course, label="Curriculum vitae", is_required=False)
    page = text_of(client.get(course.get_absolute_url()))
    nurses_only = page.split('<h4 class="h">Nurses')[1]
    assert "<dt>Licence</dt>" in nurses_only
    assert "<dt>Curriculum vitae" not in nurses_only
    assert 'Curriculum vitae <span class="meta">(optional)</span>' in page


def test_course_page_lists_modules_in_order_with_their_topics(client, course):
    second = ModuleFactory(course=course, number=2, title="Devices")
    first = ModuleFactory(course=course, number=1, title="Skin")
    TopicFactory(module=first, number=2, title="Cells")
    TopicFactory(module=first, number=1, title="Layers")
    modules = client.get(course.get_absolute_url()).context["modules"]
    assert [(m.pk, [t.title for t in m.contents]) for m in modules] == [
        (first.pk, ["Layers", "Cells"]),
        (second.pk, []),
    ]


def test_course_page_marks_draft_rules_and_states_the_scope(client, course):
    page = text_of(client.get(course.get_absolute_url()))
    assert "These rules are drafts." in page
    assert course.scope_notice in page


def test_course_page_escapes_what_editors_type_in_plain_fields(client):
    course = CourseFactory(title="<script>alert(1)</script>", summary='"><img src=x onerror=alert(1)>')
    page = client.get(course.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_module_page_shows_rows_with_numbered_sources_and_their_strength(client, course):
    module = ModuleFactory(course=course, kind=models.Module.Kind.RISK, slug="risk")
    first = SourceFactory(key="CDC", strength=models.Source.Strength.OFFICIAL)
    weak = SourceFactory(key="SHOP", strength=models.Source.Strength.WEAK)
    row = models.RiskControl.objects.create(
        module=module, key="asepsis", source=first, name="Asepsis", action="A clean field.", position=1
    )
    row.more_sources.add(weak)
    models.RiskControl.objects.create(
        module=module, key="sharps", source=weak, name="Sharps", action="Never recap.", position=2
    )
    page = client.get(module.get_absolute_url())
    assert [source.key for source in page.context["references"]] == ["CDC", "SHOP"]
    body = text_of(page)
    assert '<a href="#source-SHOP"><span class="vh">Source </span>2</a> (weak)</span>' in body
    assert '<li id="source-CDC">' in body
    assert "Regulator or official text." in body
    assert "Clinic, shop or blog." in body


def test_module_page_shows_only_rows_of_its_own_kind(client, course):
    module = ModuleFactory(course=course, kind=models.Module.Kind.DEVICES)
    models.RiskControl.objects.create(
        module=module, key="x", source=SourceFactory(), name="Out of place", action="Nothing."
    )
    assert "Out of place" not in text_of(client.get(module.get_absolute_url()))


def test_module_page_keeps_topic_texts_for_learners(client, course):
    module = ModuleFactory(course=course)
    TopicFactory(module=module, title="Layers", body_html="<p>Only for learners.</p>")
    page = text_of(client.get(module.get_absolute_url()))
    assert "Layers" in page
    assert "Only for learners." not in page


def test_module_page_leads_to_the_one_before_and_the_one_after(client, course):
    modules = [ModuleFactory(course=course, number=n) for n in (1, 2, 3)]
    page = client.get(modules[1].get_absolute_url())
    assert (page.context["previous"], page.context["next"]) == (modules[0], modules[2])


def test_module_address_of_another_course_is_not_found(client, course):
    elsewhere = ModuleFactory()
    assert client.get(f"/courses/{course.slug}/{elsewhere.slug}/").status_code == 404


def test_article_lists_sources_in_the_order_of_their_numbers(client, article):
    late, early = SourceFactory(key="AAA"), SourceFactory(key="ZZZ")
    article.body = "First [@ZZZ], then [@AAA]."
    article.save()
    article.sources.set([late, early])
    assert client.get(article.get_absolute_url()).context["sources"] == [early, late]


def test_article_leads_to_published_modules_only(client, article):
    shown, hidden = ModuleFactory(), ModuleFactory(course=CourseFactory(published_at=None))
    article.modules.set([shown, hidden])
    assert list(client.get(article.get_absolute_url()).context["modules"]) == [shown]


def test_article_rail_lists_its_sections(client, article):
    article.body_html = (
        '<h2 id="h-how">How &amp; why<sup class="cite"><a href="#s">[1]</a></sup></h2><p>So.</p>'
    )
    article.save()
    assert '<a href="#h-how">How &amp; why</a>' in text_of(client.get(article.get_absolute_url()))


def test_sitemap_lists_what_the_public_may_read(client, course, article):
    module = ModuleFactory(course=course)
    hidden = ModuleFactory(course=CourseFactory(published_at=None))
    parts = [reverse("courses:sitemap_part", args=[name]) for name in ("courses", "modules", "articles")]
    body = "".join(client.get(part).content.decode() for part in parts)
    for page in (course, module, article):
        assert f"{page.get_absolute_url()}</loc>" in body
    assert hidden.get_absolute_url() not in body
    assert hidden.course.get_absolute_url() not in body
