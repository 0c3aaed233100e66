"""Numbers of the drawings on module pages; the drawing itself is in templates/courses/figures/."""

import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from .models import Complication, Device, Indication, NeedleDepth, ProtocolStep, SkinThickness

# Charts of bars are as wide as the page: places along them are per cent, heights are pixels, words keep their size.
FIELD_START, FIELD_END = 1, 97
# What fits on one line of the narrowest chart, in letters.
NAME_LETTERS, NAME_BESIDE_VALUE, LABEL_LETTERS = 36, 24, 44


@dataclass(frozen=True)
class Scale:
    """A straight line that stands for a range of values."""

    start: float
    end: float
    low: float
    high: float

    def at(self, value: float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)

    def ticks(self, step: float) -> list[tuple[float, float]]:
        count = int(round((self.high - self.low) / step))
        return [(self.at(self.low + step * n), round(self.low + step * n, 6)) for n in range(count + 1)]


@dataclass(frozen=True)
class Bar:
    """A range on a scale: where it is drawn and how it is read; `y` is where its words stand."""

    label: str
    x: float
    width: float
    y: float
    row: object
    is_point: bool = False
    is_open: bool = False
    letter: str = ""

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)

    @property
    def lines(self) -> list[tuple[float, str]]:
        return lines(self.label, self.y, LABEL_LETTERS, 16)

    @property
    def foot(self) -> float:
        """The height of its last line of words."""
        return self.lines[-1][0]


@dataclass(frozen=True)
class Group:
    """Bars that answer the same question, one under the other; `y` is the line that opens it."""

    name: str
    y: float
    bars: list
    letters: int = NAME_LETTERS

    @property
    def lines(self) -> list[tuple[float, str]]:
        return lines(self.name, self.y + 24, self.letters, 22)


@dataclass(frozen=True)
class Chart:
    groups: list[Group]
    scale: Scale
    height: float
    step: float
    letters: list[tuple[str, str]] = ()

    @property
    def ticks(self) -> list[tuple[float, float]]:
        return self.scale.ticks(self.step)

    @property
    def foot(self) -> float:
        return self.height - 52


def lines(words: str, y: float, letters: int, pitch: float) -> list[tuple[float, str]]:
    """Words broken into lines of so many letters, each with its height."""
    parts = textwrap.wrap(words, letters, break_long_words=False) or [""]
    return [(y + pitch * number, part) for number, part in enumerate(parts)]


def in_first_order(rows: Iterable, key) -> list[tuple[str, list]]:
    """Rows by key, the keys in the order in which they first come up."""
    order = list(dict.fromkeys(key(row) for row in rows))
    by_key = sorted(rows, key=lambda row: order.index(key(row)))
    return [(name, list(group)) for name, group in groupby(by_key, key)]


def depth_disagreement(rows: Iterable[NeedleDepth]) -> Chart | None:
    """Sites for which two schemes or more give a depth, each scheme's depth on a line of its own."""
    known = [row for row in rows if row.min_mm is not None or row.max_mm is not None]
    targets = in_first_order(known, lambda row: row.target)
    contested = [(name, group) for name, group in targets if len({row.scheme for row in group}) > 1]
    if not contested:
        return None
    deepest = max(float(row.max_mm or row.min_mm) for _name, group in contested for row in group)
    letters = letters_of(row for _name, group in contested for row in group)
    # Room for the letter before the bar, and for the value after it.
    scale = Scale(10, 68, 0, max(2, math.ceil(deepest)))
    groups, y = [], 1
    for name, group in contested:
        bars = [depth_bar(row, scale, y + 48 + 24 * n, letters[row.scheme]) for n, row in enumerate(group)]
        groups.append(Group(name, y, bars))
        y += 44 + 24 * len(bars)
    return Chart(groups, scale, y + 52, 0.5, [(letter, scheme) for scheme, letter in letters.items()])


def letters_of(rows: Iterable[NeedleDepth]) -> dict[str, str]:
    """A letter for each source's scheme, in the order in which they first come up."""
    schemes = dict.fromkeys(row.scheme for row in rows)
    return {scheme: chr(ord("A") + number) for number, scheme in enumerate(schemes)}


def depth_bar(row: NeedleDepth, scale: Scale, y: float, letter: str) -> Bar:
    start = scale.at(row.min_mm or 0)
    end = scale.at(scale.high if row.max_mm is None else row.max_mm)
    is_point, is_open = row.min_mm == row.max_mm, row.max_mm is None
    return Bar(row.scheme, start, round(end - start, 2), y, row, is_point, is_open, letter)


def in_two_lines(words: str) -> list[str]:
    """A label broken where its halves come out most alike."""
    parts = words.split()
    breaks = [(" ".join(parts[:n]), " ".join(parts[n:])) for n in range(1, len(parts))]
    if not breaks or len(words) <= 12:
        return ["", words]
    return list(min(breaks, key=lambda halves: max(map(len, halves))))


def thickness_by_method(rows: Iterable[SkinThickness]) -> Chart | None:
    """How far the measurements of each layer reach, one line for each method that measured it."""
    groups, y = [], 1
    rows = list(rows)
    if not rows:
        return None
    scale = Scale(
        FIELD_START, FIELD_END, 0, max(2000, math.ceil(max(float(row.high_um) for row in rows) / 500) * 500)
    )
    for layer, of_layer in in_first_order(rows, lambda row: row.get_layer_display()):
        methods = in_first_order(of_layer, lambda row: row.get_method_display())
        bars = [thickness_bar(name, group, scale, y + 50 + 40 * n) for n, (name, group) in enumerate(methods)]
        groups.append(Group(layer, y, bars))
        y += 44 + 40 * len(bars)
    return Chart(groups, scale, y + 52, 500)


def thickness_bar(method: str, rows: list[SkinThickness], scale: Scale, y: float) -> Bar:
    low, high = min(row.low_um for row in rows), max(row.high_um for row in rows)
    width = max(round(scale.at(high) - scale.at(low), 2), 0.4)
    return Bar(method, scale.at(low), width, y, {"low": low, "high": high, "rows": rows})


def device_lengths(rows: Iterable[Device]) -> Chart | None:
    """The needle lengths of each device on one scale; a device without a length keeps its line."""
    rows = list(rows)
    lengths = [float(row.length_max_mm) for row in rows if row.length_max_mm is not None]
    if not lengths:
        return None
    scale = Scale(FIELD_START, FIELD_END, 0, max(3, math.ceil(max(lengths) * 2) / 2))
    groups, y = [], 1
    for row in rows:
        group = Group(row.name, y, [], NAME_BESIDE_VALUE)
        group.bars.append(device_bar(row, scale, group.lines[-1][0] + (30 if row.entry_angle else 0)))
        groups.append(group)
        y = group.bars[0].y + (38 if row.length_max_mm is not None else 16)
    return Chart(groups, scale, y + 52, 0.5)


def entry_line(degrees: int) -> tuple[float, float]:
    """The upper end of a needle that enters the skin at this angle, with its tip at the origin; 22 pixels long."""
    turned = math.radians(degrees)
    return round(22 * math.cos(turned), 1), round(-22 * math.sin(turned), 1)


def device_bar(row: Device, scale: Scale, y: float) -> Bar:
    if row.length_max_mm is None:
        return Bar(row.drive, scale.start, 0, y, row)
    low, high = scale.at(row.length_min_mm), scale.at(row.length_max_mm)
    return Bar(row.drive, low, max(round(high - low, 2), 0.5), y, row)


def evidence_by_use(rows: Iterable[Indication]) -> Chart | None:
    """How many people each study counted, use by use, on a scale of powers of ten."""
    rows = list(rows)
    counted = [row.participants for row in rows if row.participants]
    if not counted:
        return None
    scale = Scale(FIELD_START, FIELD_END, 0, max(3, math.ceil(math.log10(max(counted)))))
    groups, y = [], 1
    for use, of_use in in_first_order(rows, lambda row: row.use):
        group = Group(use, y, [])
        y = group.lines[-1][0] + 24
        for row in of_use:
            group.bars.append(study_bar(row, scale, y))
            y = group.bars[-1].foot + (36 if row.participants else 24)
        groups.append(group)
        y -= 8
    return Chart(groups, scale, y + 52, 1)


def study_bar(row: Indication, scale: Scale, y: float) -> Bar:
    width = scale.at(math.log10(row.participants)) - scale.start if row.participants else 0
    return Bar(row.name, scale.start, round(width, 2), y, row)


UNKNOWN = 0
# Of a square of the grid: its width in per cent, its least height, the words above its row, and its pins.
CELL_WIDTH, CELL_LEAST, ROW_WORDS, PIN, PINS_A_LINE = 20, 64, 28, 28, 2
SEVERITY_LETTERS = 9
BANDS = {2: "A", 3: "A", 4: "A", 5: "B", 6: "C", 7: "D", 8: "D"}


@dataclass(frozen=True)
class Cell:
    """One square of the grid: how likely, how severe, and the numbers of the complications in it."""

    x: int
    y: float
    height: float
    band: str
    numbers: list[int]

    @property
    def end(self) -> int:
        return self.x + CELL_WIDTH

    @property
    def pins(self) -> list[tuple[float, float, int]]:
        """How far right of its edge each pin sits, how high, and its number."""
        places = [divmod(place, PINS_A_LINE) for place in range(len(self.numbers))]
        return [
            (20 + PIN * column, self.y + 20 + PIN * line, number)
            for (line, column), number in zip(places, self.numbers, strict=True)
        ]


@dataclass(frozen=True)
class Grid:
    cells: list[Cell]
    likelihoods: list[tuple[float, str]]
    severities: list[tuple[int, list[tuple[float, str]]]]
    rows: list[Complication]
    height: float


def complication_grid(rows: Iterable[Complication]) -> Grid | None:
    """Complications by likelihood and severity; what nobody could grade has a row and a column of its own."""
    rows = list(rows)
    if not rows:
        return None
    likelihoods = [*sorted(Complication.Likelihood.choices, reverse=True), (UNKNOWN, _("Unknown"))]
    severities = [*Complication.Severity.choices, (UNKNOWN, _("Not graded"))]
    cells, words, y = [], [], 0
    for likely, label in likelihoods:
        words.append((y + ROW_WORDS - 10, label))
        cells += grid_row(likely, [value for value, _words in severities], rows, y + ROW_WORDS)
        y = cells[-1].y + cells[-1].height
    columns = [
        (CELL_WIDTH * place + CELL_WIDTH // 2, lines(str(label), y + 20, SEVERITY_LETTERS, 16))
        for place, (_value, label) in enumerate(severities)
    ]
    return Grid(cells, words, columns, rows, y + 64)


def grid_row(likely: int, severities: list[int], rows: list[Complication], y: float) -> list[Cell]:
    """The squares of one likelihood, all as high as the fullest of them needs."""
    graded = [
        (number, row.likelihood or UNKNOWN, row.severity or UNKNOWN) for number, row in enumerate(rows, 1)
    ]
    held = [[number for number, *place in graded if place == [likely, severe]] for severe in severities]
    height = max(CELL_LEAST, 12 + PIN * math.ceil(max(map(len, held)) / PINS_A_LINE))
    return [
        Cell(CELL_WIDTH * place, y, height, BANDS[likely + severe] if likely and severe else "", held[place])
        for place, severe in enumerate(severities)
    ]


@dataclass(frozen=True)
class Timeline:
    bars: list[Bar]
    ticks: list[tuple[float, int, bool]]
    zero: float
    height: float

    @property
    def foot(self) -> float:
        return self.height - 52


TIMES = (-168, -24, -1, 0, 1, 24, 72, 168, 336, 720, 4320, 8760)
# Among the ticks these keep their words where there is room for few.
LANDMARKS = {0, 24, 168}


def protocol_timeline(rows: Iterable[ProtocolStep]) -> Timeline | None:
    """Dated steps on a scale that gives the first hours as much room as the last months."""
    dated = [row for row in rows if row.hours_from is not None or row.hours_to is not None]
    moments = [moment for row in dated for moment in (row.hours_from, row.hours_to) if moment is not None]
    if len({*moments}) < 3:
        return None
    shown = [
        hours for hours in TIMES if stretched(min(moments)) <= stretched(hours) <= stretched(max(moments))
    ]
    low, high = (stretched(edge) for edge in (min(moments), max(moments)))
    scale, bars, y = Scale(FIELD_START, FIELD_END, low, high), [], 18
    for row in dated:
        bars.append(timeline_bar(row, scale, y))
        y = bars[-1].foot + 40
    ticks = [(scale.at(stretched(hours)), hours, hours in LANDMARKS or hours == shown[-1]) for hours in shown]
    return Timeline(bars, ticks, scale.at(0), y + 38)


def timeline_bar(row: ProtocolStep, scale: Scale, y: float) -> Bar:
    start = row.hours_from if row.hours_from is not None else row.hours_to
    end = row.hours_to if row.hours_to is not None else start
    x, right = scale.at(stretched(start)), scale.at(stretched(end))
    return Bar(row.name, x, round(max(right - x, 0), 2), y, row, is_point=start == end)


def stretched(hours: int) -> float:
    return math.copysign(math.log1p(abs(hours)), hours)
