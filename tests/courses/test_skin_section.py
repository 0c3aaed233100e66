"""The section through the skin: to scale, by method, with every source's answer side by side."""

from decimal import Decimal as D

from courses.models import NeedleDepth, SkinThickness, Source
from courses.skin_section import NEEDLES_A_PLATE, OPEN_BAR, depth_at, needle_plates, skin_section

REVIEWED = Source(key="R", strength=Source.Strength.REVIEWED)


def depth(target, scheme, low, high) -> NeedleDepth:
    low, high = (None if value is None else D(str(value)) for value in (low, high))
    return NeedleDepth(target=target, scheme=scheme, min_mm=low, max_mm=high, source=REVIEWED)


def thickness(method, layer, low, high) -> SkinThickness:
    return SkinThickness(method=method, layer=layer, low_um=D(low), high_um=D(high))


MEASURED = [
    thickness("ultrasound", "epidermis", 170, 220),
    thickness("ultrasound", "dermis", 580, 1170),
    thickness("tissue", "epidermis", 66, 123),
    thickness("tissue", "dermis", 1107, 1943),
    thickness("cadaver", "epidermis", 30, 63),
]


def test_each_method_has_the_edges_that_it_measured():
    skin = skin_section(MEASURED)
    assert [(one.method, one.epidermis.low, one.epidermis.high) for one in skin.methods] == [
        ("Ultrasound", 170, 220),
        ("Histology, archived tissue", 66, 123),
    ]
    assert [(one.skin.low, one.skin.high) for one in skin.methods] == [(750, 1390), (1173, 2066)]
    assert skin.methods[0].epidermis.y == depth_at(170) == 148 + 34


def test_tissue_is_drawn_in_the_middle_of_one_named_method():
    skin = skin_section(MEASURED)
    assert skin.drawn.method == "Histology, archived tissue"
    factor = (1173 + 2066) / 2 / 1800
    assert skin.dermis_move == f"translate(0 {round(148 * (1 - factor), 2)}) scale(1 {round(factor, 4)})"


def test_without_both_layers_by_one_method_there_is_no_section():
    assert skin_section([]) is None
    assert skin_section(MEASURED[-1:]) is None


def test_needles_end_at_the_deepest_setting():
    [plate] = needle_plates([depth("Acne scars", "Trials", 1.5, 3)])
    [needle] = plate.sites[0].needles
    assert (needle.top, needle.tip, needle.bar_height) == (148 + 300, 148 + 600, 300)


def test_at_least_is_a_needle_at_the_least_with_a_bar_that_goes_on():
    [plate] = needle_plates([depth("Forehead", "A", 1.5, None), depth("Forehead", "B", None, 0.5)])
    open_end, ceiling = plate.sites[0].needles
    assert (open_end.tip, open_end.is_open, open_end.bar_height) == (148 + 300, True, OPEN_BAR)
    assert (ceiling.top, ceiling.tip, ceiling.is_open) == (148, 148 + 100, False)


def test_every_source_keeps_its_own_needle_and_contradictions_come_first():
    rows = [
        depth("Scars", "Trials", 1.5, 3),
        depth("Nose", "A", 2, 2),
        depth("Nose", "B", None, 0.5),
        depth("Melasma", "Trials", None, None),
    ]
    plates = needle_plates(rows)
    told = [[(site.name, [n.row.scheme for n in site.needles]) for site in plate.sites] for plate in plates]
    assert told == [[("Nose", ["A", "B"])], [("Scars", ["Trials"])]]
    assert [plate.is_contested for plate in plates] == [True, False]
    assert plates[0].letters == [("A", "A"), ("B", "B")]


def test_plates_hold_no_more_needles_than_can_be_read():
    rows = [depth(f"Site {n}", scheme, 1, 2) for n in range(7) for scheme in "ABC"]
    sizes = [sum(len(site.needles) for site in plate.sites) for plate in needle_plates(rows)]
    assert sum(sizes) == 21 and max(sizes) <= NEEDLES_A_PLATE


def test_plate_grows_with_the_deepest_needle():
    [plate] = needle_plates([depth("Sweating", "Trials", 1, 3.5)])
    assert (plate.bottom, plate.ticks[-1]) == (3500, (depth_at(3500), 3500, True))
    [plate] = needle_plates([depth("Lip", "Guides", 0.2, 0.3)])
    assert plate.bottom == 2000
    [plate] = needle_plates([depth("Nose", "Review", 2, 2)])
    assert plate.bottom == 2500
    assert needle_plates([]) == []
