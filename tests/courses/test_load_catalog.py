"""Files win until an editor changes a row; a fault anywhere in the files writes nothing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.loading import ContentError, load
from courses.models import Article, Course, Device, LoadedRow, Module, Option, Question, Source, Topic

pytestmark = pytest.mark.django_db

FILES = {
    "sources.toml": """
source = [
  { key = "MEN", citation = "Ultrasound of facial skin", strength = "reviewed" },
  { key = "DIV", citation = "A clinic's page", strength = "weak", url = "https://example.org/rollers" },
]
""",
    "people.toml": """
[[profession]]
slug = "doctor"
name = "Doctor"
name_plural = "Doctors"
""",
    "courses/needling/course.toml": """
code = "ND"
title = "Needling"
summary = "What it teaches."
kind = "certificate"
enrolment = "open"
scope_notice = "No licence."
description = "Read [the depths](article:depth) [@MEN]."

[[course_audience]]
profession = "doctor"

[[evidence_requirement]]
kind = "photo-id"
label = "Photo identity"
""",
    "courses/needling/modules/01-devices/module.toml": """
kind = "devices"
title = "Devices"
summary = "What makes the holes."
""",
    "courses/needling/modules/01-devices/rows.toml": """
[[device]]
key = "roller"
name = "Roller"
length_min_mm = 0.5
length_max_mm = 2.0
source = "MEN"
more_sources = ["DIV"]
""",
    "courses/needling/modules/01-devices/questions.toml": """
[[question]]
key = "how-many"
stem = "How many needles?"
right = "192"
wrong = ["12", "540"]
source = "MEN"
""",
    "courses/needling/modules/01-devices/topics/01-rollers.md": """+++
title = "Rollers"
+++
A drum [@DIV] with needles [@MEN].
""",
    "courses/needling/modules/01-devices/topics/02-pens.md": """+++
title = "Pens"
+++
A motor.
""",
    "articles/depth.md": """+++
title = "Depth"
summary = "How deep."
modules = ["needling/devices"]
+++
See [devices](module:needling/devices) [@MEN].
""",
}


class Folder:
    """A small catalog on disk that a test can edit and load."""

    def __init__(self, path):
        self.path = path
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def replace(self, name, old, new):
        text = (self.path / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def remove(self, name):
        (self.path / name).unlink()

    def load(self, **wishes):
        return load(self.path, **wishes)

    def faults(self):
        with pytest.raises(ContentError) as refused:
            self.load()
        return str(refused.value)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


COURSE = "courses/needling/course.toml"
MODULE = "courses/needling/modules/01-devices/module.toml"
ROWS = "courses/needling/modules/01-devices/rows.toml"
QUESTIONS = "courses/needling/modules/01-devices/questions.toml"
ROLLERS = "courses/needling/modules/01-devices/topics/01-rollers.md"
PENS = "courses/needling/modules/01-devices/topics/02-pens.md"


def test_load_makes_every_row_with_its_relations(folder):
    report = folder.load()
    assert (report.created, report.changed, report.kept, report.unchanged) == (12, 0, [], 0)
    topic = Topic.objects.get(slug="rollers")
    assert (topic.module.course.slug, topic.module.slug, topic.number) == ("needling", "devices", 1)
    assert {source.key for source in topic.sources.all()} == {"DIV", "MEN"}
    assert "[1]" in topic.body_html
    device = Device.objects.get()
    assert (device.source.key, [source.key for source in device.more_sources.all()]) == ("MEN", ["DIV"])
    assert {(o.text, o.is_correct) for o in Option.objects.all()} == {
        ("192", True),
        ("12", False),
        ("540", False),
    }
    assert [str(module) for module in Article.objects.get().modules.all()] == ["1. Devices"]
    assert "/articles/depth/" in Course.objects.get().description_html


def test_load_publishes_new_courses_and_articles(folder):
    folder.load()
    assert Course.objects.published().count() == Article.objects.published().count() == 1


def test_second_load_writes_nothing(folder):
    folder.load()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = folder.load()
    writes = [q["sql"] for q in queries if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"])]
    assert writes == []
    assert (report.created, report.changed, report.kept, report.unchanged) == (0, 0, [], 12)


def test_file_change_reaches_a_row_that_nobody_touched(folder):
    folder.load()
    folder.replace(ROWS, 'name = "Roller"', 'name = "Manual roller"')
    assert folder.load().changed == 1
    assert Device.objects.get().name == "Manual roller"


def test_row_changed_in_the_office_is_kept_and_named(folder):
    folder.load()
    Device.objects.update(name="Drum roller")
    folder.replace(ROWS, 'name = "Roller"', 'name = "Manual roller"')
    report = folder.load()
    assert Device.objects.get().name == "Drum roller"
    assert report.kept == ["device needling/devices/roller: was changed in the office (name)"]
    assert report.changed == 0


def test_relation_changed_in_the_office_is_kept(folder):
    folder.load()
    Device.objects.get().more_sources.clear()
    assert folder.load().kept == ["device needling/devices/roller: was changed in the office (more_sources)"]


def test_answer_changed_in_the_office_is_kept(folder):
    folder.load()
    Option.objects.filter(text="12").update(text="36")
    assert folder.load().kept == ["question needling/devices/how-many: was changed in the office (options)"]
    assert {option.text for option in Option.objects.all()} == {"192", "36", "540"}


def test_saving_an_untouched_form_is_no_change(folder):
    folder.load()
    topic = Topic.objects.get(slug="rollers")
    topic.body = topic.body.replace("\n", "\r\n") + "\r\n"
    topic.save()
    assert folder.load().kept == []


def test_row_put_back_as_it_was_follows_the_files_again(folder):
    folder.load()
    Device.objects.update(name="Drum roller")
    assert len(folder.load().kept) == 1
    Device.objects.update(name="Roller")
    folder.replace(ROWS, 'name = "Roller"', 'name = "Manual roller"')
    assert folder.load().changed == 1


def test_change_in_the_office_that_the_files_later_make_too_is_no_conflict(folder):
    folder.load()
    Device.objects.update(name="Manual roller")
    folder.replace(ROWS, 'name = "Roller"', 'name = "Manual roller"')
    assert folder.load().kept == []
    folder.replace(ROWS, 'name = "Manual roller"', 'name = "Hand roller"')
    assert folder.load().changed == 1


def test_row_made_in_the_office_under_a_name_of_the_files_is_kept(folder):
    Source.objects.create(key="MEN", citation="Mine", strength="weak")
    report = folder.load()
    assert report.kept == ["source MEN: was made in the office (citation, strength)"]
    assert Source.objects.get(key="MEN").citation == "Mine"


def test_row_deleted_in_the_office_stays_deleted_with_all_below_it(folder):
    folder.load()
    Module.objects.all().delete()
    report = folder.load()
    assert not Module.objects.exists()
    assert report.kept[0] == "module needling/devices: was deleted or renamed in the office"
    assert {line.split(":")[0] for line in report.kept[1:]} == {
        "topic needling/devices/rollers",
        "topic needling/devices/pens",
        "device needling/devices/roller",
        "question needling/devices/how-many",
        "article depth",
    }


@pytest.mark.parametrize("wish", ["all", "device", "device:needling/devices/roller"])
def test_overwrite_makes_the_files_win_again(folder, wish):
    folder.load()
    Device.objects.update(name="Drum roller")
    Topic.objects.filter(slug="pens").update(title="Pencils")
    report = folder.load(overwrite=[wish])
    assert Device.objects.get().name == "Roller"
    assert (Topic.objects.get(slug="pens").title == "Pens") == (wish == "all")
    assert len(report.kept) == (0 if wish == "all" else 1)
    assert folder.load().changed == 0


def test_unpublished_course_stays_unpublished(folder):
    folder.load()
    Course.objects.update(published_at=None)
    folder.replace(COURSE, 'title = "Needling"', 'title = "Microneedling"')
    folder.load(overwrite=["all"])
    assert Course.objects.get().title == "Microneedling"
    assert not Course.objects.published().exists()


def test_topics_can_change_places(folder):
    folder.load()
    for old, new in ((ROLLERS, "02-rollers.md"), (PENS, "01-pens.md")):
        text = (folder.path / old).read_text()
        folder.remove(old)
        folder.write(f"courses/needling/modules/01-devices/topics/{new}", text)
    assert folder.load().changed == 2
    assert list(Topic.objects.order_by("number").values_list("number", "slug")) == [
        (1, "pens"),
        (2, "rollers"),
    ]


def test_number_that_an_editor_has_taken_is_named_and_the_rest_is_loaded(folder):
    folder.load()
    Topic.objects.create(module=Module.objects.get(), number=3, slug="mine", title="Mine", body="x")
    folder.write(
        "courses/needling/modules/01-devices/topics/03-stamps.md", "+++\ntitle = 'Stamps'\n+++\nFlat.\n"
    )
    folder.replace(ROWS, 'name = "Roller"', 'name = "Manual roller"')
    report = folder.load()
    assert report.kept == [
        "topic needling/devices/stamps: another row in the database has the same module and number"
    ]
    assert (report.created, report.changed) == (0, 1)


def test_options_keep_their_identity_while_their_text_stays(folder):
    folder.load()
    before = dict(Option.objects.values_list("text", "pk"))
    folder.replace(QUESTIONS, 'wrong = ["12", "540"]', 'wrong = ["36", "540"]')
    folder.load()
    after = dict(Option.objects.values_list("text", "pk"))
    assert set(after) == {"192", "36", "540"}
    assert (after["192"], after["540"]) == (before["192"], before["540"])


def test_text_of_an_older_renderer_is_rendered_again_also_in_kept_rows(folder):
    folder.load()
    Topic.objects.update(body_html="old")
    Topic.objects.filter(slug="pens").update(body="Mine.")
    folder.load()
    assert dict(Topic.objects.values_list("slug", "body_html"))["pens"] == "<p>Mine.</p>\n"
    assert "[1]" in Topic.objects.get(slug="rollers").body_html


def test_row_that_left_the_files_is_named_and_stays(folder):
    folder.load()
    folder.remove(PENS)
    report = folder.load()
    assert report.gone == ["topic needling/devices/pens: no longer in the files"]
    assert Topic.objects.filter(slug="pens").exists()


def test_prune_removes_what_nothing_refers_to(folder):
    folder.load()
    folder.remove(PENS)
    folder.remove(QUESTIONS)
    report = folder.load(prune=True)
    assert set(report.pruned) == {"topic needling/devices/pens", "question needling/devices/how-many"}
    assert [topic.slug for topic in Topic.objects.all()] == ["rollers"]
    assert not Question.objects.exists()
    assert not LoadedRow.objects.filter(key="needling/devices/pens").exists()


def test_prune_spares_what_is_referred_to_or_was_changed(folder):
    folder.load()
    Device.objects.update(name="Drum roller")
    Source.objects.create(key="MINE", citation="Mine", strength="weak")
    Topic.objects.get(slug="pens").sources.add(Source.objects.get(key="DIV"))
    folder.replace("sources.toml", '  { key = "DIV"', '  # { key = "DIV"')
    folder.remove(ROWS)
    folder.write(ROLLERS, "+++\ntitle = 'Rollers'\n+++\nA drum.\n")
    report = folder.load(prune=True)
    assert report.pruned == []
    assert set(report.gone) == {
        "device needling/devices/roller: no longer in the files, but changed in the office",
        "source DIV: no longer in the files, but a topic refers to it",
    }


class TestWhatTheSitemapSays:
    """A page whose files changed is read again by search engines, and no other page."""

    @pytest.fixture
    def long_ago(self, folder):
        folder.load()
        then = timezone.now() - timedelta(days=400)
        for model in (Course, Article):
            model.objects.update(published_at=then, changed_at=then)
        Module.objects.update(changed_at=then)
        return folder

    def dated_today(self, client) -> set[str]:
        parts = [
            client.get(f"/sitemap-{name}.xml").content.decode() for name in ("courses", "modules", "articles")
        ]
        dates = re.findall(r"<loc>[^<]*:8000([^<]+)</loc><lastmod>([^<]+)</lastmod>", "".join(parts))
        assert len(dates) == 3
        # The day turns over in Kuala Lumpur while it lasts in UTC, and may do so in the middle of a test.
        yesterday = timezone.localdate() - timedelta(days=1)
        return {address for address, day in dates if day >= f"{yesterday:%Y-%m-%d}"}

    @pytest.mark.parametrize(
        ("name", "old", "new", "moved"),
        [
            (ROLLERS, "A drum", "A small drum", {"/courses/needling/devices/"}),
            (ROWS, "2.0", "2.5", {"/courses/needling/devices/"}),
            (MODULE, "What makes the holes.", "What makes holes.", {"/courses/needling/devices/"}),
            (COURSE, "What it teaches.", "What is taught.", {"/courses/needling/"}),
            ("articles/depth.md", "How deep.", "How deep it goes.", {"/articles/depth/"}),
        ],
    )
    def test_changed_file_dates_its_page_and_no_other(self, client, long_ago, name, old, new, moved):
        long_ago.replace(name, old, new)
        long_ago.load()
        assert self.dated_today(client) == moved

    def test_load_that_writes_nothing_dates_nothing(self, client, long_ago):
        long_ago.load()
        assert self.dated_today(client) == set()
