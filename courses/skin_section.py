"""The section through the skin, to scale: layers as deep as a method measured them, needles as deep as sources say."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .figures import in_first_order, in_two_lines, letters_of
from .models import NeedleDepth, SkinThickness

# Where the drawn tissue has its surface and its layers; the drawing itself is in templates/courses/figures/.
SURFACE, PIXELS_A_MICROMETRE, MICROMETRES = 148, 0.2, 1000
DRAWN_EPIDERMIS, DRAWN_SKIN, DRAWN_BOTTOM = 95, 1800, 3000
# A plate ends where its needles do, with the fat below the skin in sight and room for the words under a tip.
LEAST_BOTTOM, BELOW_A_TIP = 2000, 200
LEFT, RIGHT, FIRST_BRACKET = 92, 1060, 724
NEEDLES_A_PLATE, NEEDLE_POINT, NEEDLE_HALF, OPEN_BAR = 11, 210, 13, 44
DRAWN_FROM = SkinThickness.Method.TISSUE


def depth_at(micrometres: float) -> float:
    return round(SURFACE + float(micrometres) * PIXELS_A_MICROMETRE, 1)


@dataclass(frozen=True)
class Edge:
    """Between which depths the lower edge of a layer lies, by one method."""

    low: float
    high: float

    @property
    def y(self) -> float:
        return depth_at(self.low)

    @property
    def height(self) -> float:
        return max(round(depth_at(self.high) - depth_at(self.low), 1), 2)

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Measured:
    """What one method found: the lower edges of epidermis and dermis."""

    method: str
    words: list[str]
    x: float
    epidermis: Edge
    skin: Edge


@dataclass(frozen=True)
class Skin:
    """A section whose layers lie in the middle of what one method measured, beside what each method measured."""

    drawn: Measured
    methods: list[Measured]

    @property
    def epidermis_move(self) -> str:
        return stretch(SURFACE, self.drawn.epidermis.middle / DRAWN_EPIDERMIS)

    @property
    def dermis_move(self) -> str:
        return stretch(SURFACE, self.drawn.skin.middle / DRAWN_SKIN)

    @property
    def fat_move(self) -> str:
        bottom = depth_at(DRAWN_BOTTOM)
        share = (bottom - depth_at(self.drawn.skin.middle)) / (bottom - depth_at(DRAWN_SKIN))
        return stretch(bottom, max(share, 0.01))

    @property
    def dermis_words(self) -> float:
        return depth_at(self.drawn.skin.middle * 0.55)

    @property
    def fat_words(self) -> float:
        return min(depth_at(self.drawn.skin.middle) + 80, depth_at(DRAWN_BOTTOM) - 12)


def stretch(fixed: float, factor: float) -> str:
    """Longer or shorter from this height, which stays where it is."""
    return f"translate(0 {round(fixed * (1 - factor), 2)}) scale(1 {round(factor, 4)})"


def skin_section(rows: Iterable[SkinThickness]) -> Skin | None:
    """The skin by every method that measured both of its layers; None when there is none."""
    methods = []
    for _name, of_method in in_first_order(list(rows), lambda row: row.get_method_display()):
        layers = dict(in_first_order(of_method, lambda row: row.layer))
        if len(layers) == len(SkinThickness.Layer):
            methods.append(measured(of_method[0], layers, FIRST_BRACKET + 122 * len(methods)))
    if not methods:
        return None
    preferred = [one for one in methods if one.method == DRAWN_FROM.label]
    return Skin((preferred or methods)[0], methods[:3])


def measured(row: SkinThickness, layers: dict[str, list[SkinThickness]], x: float) -> Measured:
    epidermis, dermis = (
        Edge(float(min(row.low_um for row in of_layer)), float(max(row.high_um for row in of_layer)))
        for of_layer in (layers[SkinThickness.Layer.EPIDERMIS], layers[SkinThickness.Layer.DERMIS])
    )
    skin = Edge(epidermis.low + dermis.low, epidermis.high + dermis.high)
    name = row.get_method_display()
    return Measured(name, in_two_lines(name), x, epidermis, skin)


# Needles


@dataclass(frozen=True)
class Needle:
    """One source's answer: its tip at the deepest setting, a bar from the shallowest."""

    row: NeedleDepth
    letter: str
    x: float
    top: float
    tip: float

    @property
    def shoulder(self) -> float:
        return round(max(self.tip - NEEDLE_POINT, 62), 1)

    @property
    def outline(self) -> tuple[float, float]:
        return self.x - NEEDLE_HALF, self.x + NEEDLE_HALF

    @property
    def is_open(self) -> bool:
        """Whether the source says “or more”: the needle is drawn at the least, and the bar goes on from there."""
        return self.row.max_mm is None

    @property
    def bar_height(self) -> float:
        return OPEN_BAR if self.is_open else max(round(self.tip - self.top, 1), 2)

    @property
    def bar_end(self) -> float:
        return round(self.top + self.bar_height, 1)

    @property
    def words_at(self) -> float:
        return round(self.bar_end + 16 if self.is_open else self.tip + 8, 1)


@dataclass(frozen=True)
class Site:
    """A site or an indication with what each source says of it."""

    name: str
    words: list[str]
    x: float
    needles: list[Needle]


@dataclass(frozen=True)
class Plate:
    sites: list[Site]
    letters: list[tuple[str, str]]
    bottom: int

    @property
    def is_contested(self) -> bool:
        return any(len(site.needles) > 1 for site in self.sites)

    @property
    def height(self) -> float:
        return depth_at(self.bottom) + 34

    @property
    def foot(self) -> float:
        return depth_at(self.bottom) + 14

    @property
    def ticks(self) -> list[tuple[float, int, bool]]:
        """Height, micrometres and whether it carries its number."""
        return [(depth_at(um), um, um % 500 == 0) for um in range(0, self.bottom + 1, 100)]


def needle_plates(rows: Iterable[NeedleDepth]) -> list[Plate]:
    """Every known depth, target by target: each source has a needle of its own, and none is averaged."""
    known = [row for row in rows if row.min_mm is not None or row.max_mm is not None]
    targets = in_first_order(known, lambda row: row.target)
    # Where sources contradict each other comes first.
    targets.sort(key=lambda target: len(target[1]) == 1)
    return [plate(targets[start:end]) for start, end in pairwise(breaks(targets))]


def breaks(targets: list[tuple[str, list]]) -> list[int]:
    """Where one plate ends and the next begins; a target is never divided."""
    places, held = [0], 0
    for number, (_name, rows) in enumerate(targets):
        is_other_kind = number and (len(rows) == 1) != (len(targets[number - 1][1]) == 1)
        if number and (is_other_kind or held + len(rows) > NEEDLES_A_PLATE):
            places.append(number)
            held = 0
        held += len(rows)
    return [*places, len(targets)] if targets else []


def plate(targets: list[tuple[str, list[NeedleDepth]]]) -> Plate:
    rows = [row for _name, of_target in targets for row in of_target]
    letters = letters_of(rows)
    deepest = max(float(row.max_mm or row.min_mm) for row in rows) * MICROMETRES
    needed = min(deepest + BELOW_A_TIP, max(deepest, DRAWN_BOTTOM))
    bottom = max(LEAST_BOTTOM, -int(-needed // 500) * 500)
    step = (RIGHT - LEFT) / (len(rows) + 0.6 * len(targets))
    sites, x = [], LEFT + 0.3 * step
    for name, of_target in targets:
        needles = [needle(row, letters[row.scheme], x + step * (n + 0.5)) for n, row in enumerate(of_target)]
        sites.append(Site(name, in_two_lines(name), round(x + step * len(needles) / 2, 1), needles))
        x += step * (len(needles) + 0.6)
    return Plate(sites, [(letter, scheme) for scheme, letter in letters.items()], bottom)


def needle(row: NeedleDepth, letter: str, x: float) -> Needle:
    low, high = row.min_mm or 0, row.max_mm if row.max_mm is not None else row.min_mm
    top, tip = (depth_at(float(millimetres) * MICROMETRES) for millimetres in (low, high))
    return Needle(row, letter, round(x, 1), top, tip)
