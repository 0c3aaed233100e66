"""A fault anywhere in the catalog's files is named with its place and writes nothing; what the command says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.loading import ContentError, load
from courses.models import Device, LoadedRow, Source
from tests.courses.test_load_catalog import COURSE, MODULE, QUESTIONS, ROLLERS, ROWS, Folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


FAULTS = {
    "bad TOML": (ROWS, "length_min_mm = 0.5", "length_min_mm = ", "rows.toml: is not TOML"),
    "unknown source": (
        ROWS,
        'source = "MEN"',
        'source = "NO"',
        "“needling/devices/roller”: source: there is no source “NO”",
    ),
    "unknown further source": (ROWS, '["DIV"]', '["NO"]', "more_sources: there is no source “NO”"),
    "missing field": (ROWS, 'name = "Roller"', "", "device “needling/devices/roller”: name: "),
    "missing source": (ROWS, 'source = "MEN"', "", "source: is missing"),
    "misspelt field": (ROWS, "name =", "nmae =", "“nmae” is not one of its fields"),
    "misspelt kind of row": (ROWS, "[[device]]", "[[devise]]", "rows.toml: “devise” is not a kind of row"),
    "row of another kind": (
        MODULE,
        '"devices"',
        '"risk"',
        "belongs in a module of kind “devices”, not “risk”",
    ),
    "unknown choice": (MODULE, '"devices"', '"gadgets"', "kind: "),
    "broken constraint": (ROWS, "length_max_mm = 2.0", "length_max_mm = 0.1", "device_length_is_a_range"),
    "too many digits": (ROWS, "length_max_mm = 2.0", "length_max_mm = 2.001", "length_max_mm: "),
    "words for a number": (ROWS, "length_max_mm = 2.0", 'length_max_mm = "long"', "length_max_mm: "),
    "unknown citation": (
        ROLLERS,
        "[@DIV]",
        "[@NO]",
        "topic “needling/devices/rollers”: body: [@NO] names no source",
    ),
    "dead link": (
        "articles/depth.md",
        "needling/devices)",
        "needling/pens)",
        "“module:needling/pens” leads nowhere",
    ),
    "unknown module": (
        "articles/depth.md",
        '["needling/devices"]',
        '["no/no"]',
        "modules: there is no module “no/no”",
    ),
    "two right answers": (QUESTIONS, 'right = "192"', 'right = ["192", "193"]', "has 2 right options"),
    "no right answer": (QUESTIONS, 'right = "192"', "", "at least one right and one wrong option"),
    "no wrong answer": (QUESTIONS, 'wrong = ["12", "540"]', "", "at least one right and one wrong option"),
    "same answer twice": (QUESTIONS, '["12", "540"]', '["12", "192"]', "two of its options read the same"),
    "empty answer": (QUESTIONS, '["12", "540"]', '["12", ""]', "an option is empty"),
    "no front matter": (ROLLERS, "+++\ntitle", "title", "01-rollers.md: needs front matter"),
    "incomplete course": (
        COURSE,
        'scope_notice = "No licence."',
        "",
        "still needs: the scope-of-practice notice",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_its_file_and_nothing_is_written(folder, fault):
    name, old, new, sentence = FAULTS[fault]
    folder.replace(name, old, new)
    assert sentence in folder.faults()
    assert not Source.objects.exists()
    assert not LoadedRow.objects.exists()


def test_same_key_twice_is_a_fault(folder):
    text = (folder.path / ROWS).read_text()
    folder.write(ROWS, text + text)
    assert folder.faults().count("another row has the same module and key") == 2


def test_same_number_twice_is_a_fault(folder):
    folder.write(
        "courses/needling/modules/01-devices/topics/02-stamps.md", "+++\ntitle = 'Stamps'\n+++\nFlat.\n"
    )
    assert "topic “needling/devices/stamps”: another row has the same module and number." in folder.faults()


def test_topic_without_number_is_a_fault(folder):
    folder.write(
        "courses/needling/modules/01-devices/topics/stamps.md", "+++\ntitle = 'Stamps'\n+++\nFlat.\n"
    )
    assert "topics/stamps.md: the name begins with its number" in folder.faults()


def test_all_faults_are_named_at_once(folder):
    folder.replace(ROWS, 'source = "MEN"', 'source = "NO"')
    folder.replace(QUESTIONS, 'source = "MEN"', 'source = "NO"')
    assert len(folder.faults().splitlines()) == 2


def test_file_that_is_no_text_is_a_fault(folder):
    (folder.path / ROWS).write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in folder.faults()


def test_empty_folder_is_a_fault(tmp_path):
    with pytest.raises(ContentError, match="holds no content"):
        load(tmp_path / "nothing")


def run(*args, **options):
    out = StringIO()
    call_command("load_catalog", *args, stdout=out, **options)
    return out.getvalue()


def test_command_prints_numbers_and_each_kept_row(folder):
    assert run(folder=folder.path) == "Catalog: 12 created, 0 changed, 0 kept, 0 unchanged.\n"
    Device.objects.update(name="Drum roller")
    assert run(folder=folder.path).splitlines() == [
        "kept: device needling/devices/roller: was changed in the office (name)",
        "Catalog: 0 created, 0 changed, 1 kept, 11 unchanged.",
    ]
    assert "1 changed, 0 kept" in run("--overwrite", folder=folder.path)


def test_command_says_that_nothing_was_loaded(folder):
    folder.replace(ROWS, 'source = "MEN"', 'source = "NO"')
    with pytest.raises(
        CommandError, match="Nothing was loaded.\ncourses/needling/modules/01-devices/rows.toml"
    ):
        run(folder=folder.path)


def test_command_refuses_to_overwrite_an_unknown_kind(folder):
    with pytest.raises(CommandError, match="“devise:x” is no kind of row"):
        run("--overwrite", "devise:x", folder=folder.path)
