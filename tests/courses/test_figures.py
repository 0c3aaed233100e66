from decimal import Decimal as D

import pytest

from courses import figures
from courses.models import Complication, Device, Indication, NeedleDepth, ProtocolStep, SkinThickness, Source

REVIEWED = Source(key="R", strength=Source.Strength.REVIEWED)


def depth(target, scheme, low, high) -> NeedleDepth:
    low, high = (None if value is None else D(str(value)) for value in (low, high))
    return NeedleDepth(target=target, scheme=scheme, min_mm=low, max_mm=high, source=REVIEWED)


def test_disagreement_shows_only_sites_with_two_schemes_or_more():
    rows = [depth("Nose", "A", 2, 2), depth("Neck", "A", 1.5, 1.5), depth("Nose", "B", None, 0.5)]
    chart = figures.depth_disagreement(rows)
    assert [(group.name, [bar.label for bar in group.bars]) for group in chart.groups] == [
        ("Nose", ["A", "B"])
    ]


def test_disagreement_is_drawn_to_scale():
    rows = [depth("Nose", "A", 0.5, 1), depth("Nose", "B", 1.5, None), depth("Nose", "C", 2, 2)]
    chart = figures.depth_disagreement(rows)
    bounded, opened, point = chart.groups[0].bars
    millimetre = (chart.scale.end - chart.scale.start) / 2
    assert (bounded.x, bounded.width) == (chart.scale.start + millimetre / 2, millimetre / 2)
    assert opened.is_open
    assert opened.x + opened.width == chart.scale.end
    assert point.is_point


def test_no_disagreement_is_no_figure():
    assert figures.depth_disagreement([depth("Nose", "A", 1, 1)]) is None
    assert figures.depth_disagreement([]) is None


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("Neck", ["", "Neck"]),
        ("Acne and other scars", ["Acne and", "other scars"]),
        ("Fine lines", ["", "Fine lines"]),
        ("Hyperpigmentation", ["", "Hyperpigmentation"]),
    ],
)
def test_labels_break_where_halves_are_most_alike(words, lines):
    assert figures.in_two_lines(words) == lines


def test_thickness_spans_all_rows_of_one_method():
    values = [("ultrasound", 170, 180), ("ultrasound", 220, 220), ("cadaver", 30, 63)]
    rows = [SkinThickness(layer="epidermis", method=m, low_um=D(a), high_um=D(b)) for m, a, b in values]
    chart = figures.thickness_by_method(rows)
    assert [(bar.label, bar.row["low"], bar.row["high"]) for bar in chart.groups[0].bars] == [
        ("Ultrasound", 170, 220),
        ("Histology, cadaver", 30, 63),
    ]


def test_device_without_a_length_keeps_its_line_without_a_bar():
    rows = [Device(name="Pen", length_min_mm=D("0.25"), length_max_mm=D("2.5")), Device(name="Stamp")]
    chart = figures.device_lengths(rows)
    assert [(group.name, group.bars[0].width > 0) for group in chart.groups] == [
        ("Pen", True),
        ("Stamp", False),
    ]
    assert figures.device_lengths([Device(name="Stamp")]) is None


def test_names_of_a_chart_break_before_they_reach_a_value():
    long = Device(name="Fractional radiofrequency needles", length_min_mm=D("0.8"), length_max_mm=D("3.5"))
    first, second = figures.device_lengths([long, Device(name="Pen")]).groups
    assert [words for _y, words in first.lines] == ["Fractional", "radiofrequency needles"]
    assert [words for _y, words in second.lines] == ["Pen"]
    assert first.lines[-1][0] < first.bars[0].y + 1 < second.y < second.lines[0][0]


def test_schemes_of_a_chart_keep_their_letter_from_site_to_site():
    sites = [("Nose", "A scheme"), ("Nose", "Another"), ("Neck", "Another"), ("Neck", "A third")]
    chart = figures.depth_disagreement([depth(target, scheme, 1, 2) for target, scheme in sites])
    assert chart.letters == [("A", "A scheme"), ("B", "Another"), ("C", "A third")]
    assert [[bar.letter for bar in group.bars] for group in chart.groups] == [["A", "B"], ["B", "C"]]


def test_grid_places_what_is_graded_and_keeps_a_square_for_what_is_not():
    grades = [("redness", 4, 1), ("scar", 2, 3), ("clot", None, 4), ("dryness", None, None)]
    rows = [Complication(name=name, likelihood=likely, severity=severe) for name, likely, severe in grades]
    grid = figures.complication_grid(rows)
    assert len(grid.cells) == 25
    assert {(cell.band, number) for cell in grid.cells for _x, _y, number in cell.pins} == {
        ("B", 1),
        ("B", 2),
        ("", 3),
        ("", 4),
    }
    assert figures.complication_grid([]) is None


def test_row_of_the_grid_is_as_high_as_its_fullest_square():
    grades = [(4, 1)] * 5 + [(1, 1)]
    rows = [
        Complication(name=f"c{n}", likelihood=likely, severity=severe)
        for n, (likely, severe) in enumerate(grades)
    ]
    cells = figures.complication_grid(rows).cells
    full, single = cells[0], cells[15]
    assert full.numbers == [1, 2, 3, 4, 5] and single.numbers == [6]
    assert {cell.height for cell in cells[:5]} == {full.height} and full.height > single.height
    assert all(full.y < y < full.y + full.height for _right, y, _number in full.pins)


def test_grid_bands_rise_with_likelihood_and_severity():
    bands = [cell.band for cell in figures.complication_grid([Complication(name="x")]).cells]
    assert sorted(bands, reverse=True) == [*"DDD", *"CCC", *"BBBB", *"AAAAAA", *[""] * 9]


def test_timeline_gives_early_hours_room_and_marks_the_procedure():
    steps = [(-2, -1), (0, 24), (24, 72), (720, 4320), (None, None)]
    rows = [ProtocolStep(name=str(n), hours_from=a, hours_to=b) for n, (a, b) in enumerate(steps)]
    timeline = figures.protocol_timeline(rows)
    assert [bar.label for bar in timeline.bars] == ["0", "1", "2", "3"]
    first_day, months = timeline.bars[1], timeline.bars[3]
    assert first_day.x == timeline.zero
    assert first_day.width > months.width


def test_timeline_needs_three_moments():
    assert figures.protocol_timeline([ProtocolStep(name="x", hours_from=0)]) is None


def test_evidence_is_drawn_in_powers_of_ten_and_keeps_studies_of_unknown_size():
    studies = [("Scars", "Review", 1000), ("Hair", "Trial", 100), ("Scars", "Series", None)]
    rows = [Indication(use=use, name=name, participants=n) for use, name, n in studies]
    chart = figures.evidence_by_use(rows)
    third = (chart.scale.end - chart.scale.start) / 3
    assert [(group.name, [bar.width for bar in group.bars]) for group in chart.groups] == [
        ("Scars", [third * 3, 0]),
        ("Hair", [third * 2]),
    ]
    assert figures.evidence_by_use([Indication(use="Scars", name="Series")]) is None
