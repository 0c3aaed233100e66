"""The sheet: the same bytes every time, from the snapshot alone, for the archive and for every reader."""

import copy
import io
import threading
from itertools import pairwise

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from enrollment.credentials import pdf
from enrollment.models import Certificate

NUMBER = "IIWAM-MN-2026-AG1Y-1CFJ-7QT9-F"
SNAPSHOT = {
    "version": 2,
    "number": NUMBER,
    "verify_url": f"https://example.org/verify/{NUMBER}/",
    "issuer": "International Institute of Wellness & Aesthetic Medicine",
    "holder": {"name": "Nurul Aisyah binti Rahman", "native_name": "", "native_language": ""},
    "award": "Certificate in Microneedling",
    "course": {
        "title": "Microneedling",
        "code": "MN",
        "syllabus_version": "1",
        "hours_theory": "40",
        "hours_practical": "",
    },
    "supervised_cases": 10,
    "depths_mm": {"from": "0.25", "to": "1.5"},
    "modules_passed": [{"number": 1, "title": "Skin anatomy and physiology"}],
    "procedures": [
        {"name": "Microneedling for acne scars", "supervised_cases": 9},
        {"name": "Microneedling for striae", "supervised_cases": 1},
        {"name": "Platelet-rich plasma", "supervised_cases": 0},
    ],
    "hours": [
        {"kind": "theory", "label": "theory", "hours": "40", "counted": "as set by syllabus version 1"},
        {
            "kind": "attended",
            "label": "attended",
            "hours": "15.5",
            "counted": "from the attendance lists of 2 training days, start to end",
        },
    ],
    "cpd": [{"scheme": "A scheme", "points": "12.5", "event_code": "EV-77"}],
    "bodies": [{"body": "A school", "statement": "Programme recognised.", "reference": "R 1"}],
    "intake": {"code": "mn-1", "starts_on": "2026-02-28", "ends_on": "2026-03-08"},
    "issued_on": "2026-11-23",
    "signatories": [
        {"name": "Prof Dr Morthy", "role": "Course Director"},
        {"name": "Grace Lim", "role": "Registrar"},
    ],
    "scope_notice": "The award does not widen anybody's scope of practice.",
    "no_licence": "This certificate records training. It is not a licence to practise.",
    "is_sample": False,
}
NATIVE = {
    "th": ("นูรุล ไอชะห์", "NotoSansThai"),
    "km": ("សុខ ចាន់ដារ៉ា", "NotoSansKhmer"),
    "my": ("မောင်မောင်", "NotoSansMyanmar"),
    "hi": ("प्रिया शर्मा", "NotoSansDevanagari"),
    "ta": ("பிரியா", "NotoSansTamil"),
    "ko": ("이정호", "NotoSansCJKkr"),
    "zh": ("陈美玲", "NotoSansCJKsc"),
}


def snapshot(**changed) -> dict:
    return copy.deepcopy(SNAPSHOT) | changed


def named(name: str, native: str = "", language: str = "") -> dict:
    return snapshot(holder={"name": name, "native_name": native, "native_language": language})


def words(content: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


def fonts(content: bytes) -> set[str]:
    found = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values()
    return {font.get_object()["/BaseFont"].split("+")[1] for font in found}


def standards(content: bytes) -> set[str]:
    metadata = PdfReader(io.BytesIO(content)).trailer["/Root"]["/Metadata"].get_data().decode()
    marks = {
        "PDF/UA-1": "<pdfuaid:part>1<",
        "PDF/A-3": "<pdfaid:part>3<",
        "level A": "<pdfaid:conformance>A<",
    }
    return {name for name, mark in marks.items() if mark in metadata}


ARCHIVAL = {"PDF/UA-1", "PDF/A-3", "level A"}


def test_sheet_is_the_same_to_the_byte():
    assert pdf.draw(snapshot()) == pdf.draw(snapshot())


def test_sheet_is_one_small_a4_page_to_read_aloud_and_to_archive():
    content = pdf.draw(snapshot())
    page = PdfReader(io.BytesIO(content), strict=True).pages[0]
    assert len(content) < 300_000
    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
    assert standards(content) == ARCHIVAL
    root = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)


def test_sheet_says_what_the_snapshot_says():
    told = words(pdf.draw(snapshot()))
    sentences = [
        "This certifies that",
        "Nurul Aisyah binti Rahman",
        "has met the requirements of the course and is awarded the",
        "Certificate in Microneedling",
        "40 hours",
        "0.25 to 1.5 mm",
        "28 Feb to 8 Mar 2026",
        "Procedures covered Microneedling for acne scars (9 supervised cases); "
        "Microneedling for striae (1 supervised case); Platelet-rich plasma",
        "Modules passed 1 Skin anatomy and physiology",
        "Hours 40 theory, as set by syllabus version 1; 15.5 attended, from the attendance lists of 2 training days",
        "CPD points 12.5, A scheme, event EV-77",
        "Approvals Programme recognised. A school, R 1",
        "Prof Dr Morthy",
        "Grace Lim",
        NUMBER,
        "23 November 2026",
        "It is not a licence to practise.",
        "The award does not widen anybody's scope of practice.",
        "example.org/verify",
    ]
    assert [sentence for sentence in sentences if sentence not in told] == []
    assert [word for word in ("Specimen",) if word in told] == []
    assert "SPECIMEN" not in told.replace(" ", "")


def test_unknown_numbers_are_left_out():
    bare = snapshot(
        award="",
        supervised_cases=0,
        depths_mm=None,
        modules_passed=[],
        procedures=[],
        hours=[],
        cpd=[],
        bodies=[],
        intake={"code": "x", "starts_on": "", "ends_on": ""},
    )
    bare["course"] |= {"hours_theory": ""}
    told = words(pdf.draw(bare))
    assert "has met the requirements of the course Microneedling" in told
    absent = (
        "Theory",
        "Supervised",
        "Depths practised",
        "Course dates",
        "Modules",
        "Hours",
        "CPD",
        "awarded",
    )
    assert [word for word in absent if word in told] == []


def test_sample_is_marked_as_a_specimen():
    told = words(pdf.draw(snapshot(is_sample=True)))
    assert "SPECIMEN" in told.replace(" ", "")
    assert "Specimen with sample data: no award" in told


@pytest.mark.parametrize("language", NATIVE)
def test_names_of_the_region_stand_in_their_own_script(language):
    name, font = NATIVE[language]
    content = pdf.draw(named("A Learner", name, language))
    assert standards(content) == ARCHIVAL
    assert any(found.startswith(font) for found in fonts(content))


def test_name_in_a_script_without_a_font_costs_its_own_line():
    content = pdf.draw(named("A Learner", "ᚠᚢᚦ"))
    assert standards(content) == ARCHIVAL
    assert "A Learner" in words(content)


@pytest.mark.parametrize(
    "name",
    [
        "X" * 150,
        "Sri Wahyuningsih Kusumawardhani binti Tengku Ahmad Shahabuddin al-Haj",
        "Nguyễn Thị Ánh",
        "O'Šō-Ľ",
    ],
)
def test_long_and_accented_names_are_set_whole(name):
    content = pdf.draw(named(name))
    assert standards(content) == ARCHIVAL
    assert name.replace(" ", "") in words(content).replace(" ", "")
    assert len(PdfReader(io.BytesIO(content)).pages) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), st.text(max_size=40))
@settings(max_examples=20, deadline=None)
def test_no_name_breaks_the_sheet(name, native):
    assert pdf.draw(named(name, native.encode("utf-8", "ignore").decode())).startswith(b"%PDF")


@pytest.mark.parametrize("text", ['"); #panic("no")', "#sys.inputs", "$x$ *b* _i_ @ref <label> \\"])
def test_markup_in_a_name_is_only_letters(text):
    assert text.replace(" ", "") in words(pdf.draw(named(text))).replace(" ", "")


def test_code_on_the_sheet_leads_to_the_public_record():
    """The dots as printed, compared with those that this address makes."""
    picture = Image.open(io.BytesIO(pdf.preview(Certificate(snapshot=snapshot())))).convert("L")
    wanted = [list(row) for row in segno.make(SNAPSHOT["verify_url"], error="m", micro=False).matrix]
    dots, scale = len(wanted), picture.width / 297
    step = 25 / dots

    def printed(row, column):
        x, y = 261 + (column + 0.5) * step, 151 + (row + 0.5) * step
        return int(picture.getpixel((int(x * scale), int(y * scale))) < 128)

    assert [[printed(row, column) for column in range(dots)] for row in range(dots)] == wanted


def test_link_on_the_sheet_leads_to_the_public_record():
    annotations = PdfReader(io.BytesIO(pdf.draw(snapshot()))).pages[0]["/Annots"]
    links = {annotation.get_object()["/A"]["/URI"] for annotation in annotations}
    assert links == {SNAPSHOT["verify_url"]}


def test_sheets_drawn_at_once_are_whole():
    drawn = {}
    threads = [
        threading.Thread(target=lambda n=n: drawn.update({n: pdf.draw(named(f"Person {n}"))}))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: f"Person {n}" in words(content) for n, content in drawn.items()} == dict.fromkeys(
        range(6), True
    )


def places_of(content: bytes, told: list[str]) -> list[tuple[float, float]]:
    """Left and right end of each of these words on the page, in points."""
    page = PdfDocument(content)[0].get_textpage()
    found = []
    for words in told:
        first, length = page.search(words, match_case=True).get_next()
        boxes = [page.get_charbox(place) for place in range(first, first + length)]
        found.append((min(box[0] for box in boxes), max(box[2] for box in boxes)))
    return found


@pytest.mark.parametrize("name", ["Nur", "Nurul Aisyah binti Rahman Abdullah", "N. " * 30 + "Rahman"])
def test_facts_of_the_fullest_sheet_do_not_touch(name):
    full = snapshot(
        holder={"name": name, "printed_name": "Dr X", "native_name": "", "native_language": ""},
        course=SNAPSHOT["course"] | {"hours_practical": "24"},
        first_issued_on="2024-11-23",
        valid_on="2028-12-30",
    )
    facts = pdf.facts(full)
    assert len(facts) == (8 if len(name) <= pdf.BESIDE_NUMBERS else 7)
    told = [words for label, words in [*facts, *pdf.details(full)] if label == "Name on the register"]
    assert told == [name]
    places = places_of(pdf.draw(full), [words for _label, words in facts[-7:]])
    assert all(left - right > 4 for (_left, right), (left, _right) in pairwise(places))
    assert places[-1][1] < 842 - 20
