"""Decoration of sheet and badge as SVG in millimetres: guilloche, rosette, rule and seal. Drawn, never read aloud.

Each family of lines is one path and nothing here depends on who is awarded, so that a batch draws it once.
"""

import math
from collections.abc import Iterable
from functools import cache

INK, HAEM, NIGHT, VIOLET = "#1c1536", "#3c247f", "#1e1443", "#907cc9"
EOSIN, BLUSH, PAPER, LILAC = "#c83063", "#eb839e", "#fffdfd", "#c2b0fb"
BAND_WIDTH = 62


def number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path(d: Iterable[str], stroke: str, width: float, opacity: float = 1) -> str:
    seen = f" stroke-opacity='{opacity}'" if opacity < 1 else ""
    return f"<path d='{''.join(d)}' fill='none' stroke='{stroke}' stroke-width='{width}'{seen}/>"


def disc(x: float, y: float, radius: float, fill: str, edge: str = "") -> str:
    return f"<circle cx='{number(x)}' cy='{number(y)}' r='{number(radius)}' fill='{fill}'{edge}/>"


# The band on the left


def wave(amplitude: float, half: float, height: float) -> str:
    """A chain of parabolas about the middle of the band; `t` mirrors the one before."""
    x, top = BAND_WIDTH / 2, -half
    start = f"M{number(x)} {number(top)}q{number(amplitude)} {number(half / 2)} 0 {number(half)}"
    return start + f"t0 {number(half)}" * math.ceil(height / half + 1)


def family(count: int, reach: float, half: float, height: float) -> Iterable[str]:
    return (wave(reach * place / count, half, height) for place in range(-count, count + 1))


def band(height: float) -> str:
    return "".join(
        [
            f"<rect width='{BAND_WIDTH}' height='{height}' fill='{NIGHT}'/>",
            path(family(16, 58.9, 42, height), VIOLET, 0.13, 0.85),
            path(family(12, 58.9, 21, height), BLUSH, 0.12, 0.7),
            path(family(5, 15.2, 10.5, height), "#ffffff", 0.1, 0.5),
        ]
    )


# The rosette behind the words


def turned(x: float, y: float, rx: float, ry: float, degrees: float) -> str:
    """An ellipse about a point, turned, as two arcs."""
    dx, dy = rx * math.cos(math.radians(degrees)), rx * math.sin(math.radians(degrees))
    arc = f"A{number(rx)} {number(ry)} {number(degrees)} 1 0 "
    first, second = (f"{number(x + sign * dx)} {number(y + sign * dy)}" for sign in (1, -1))
    return f"M{first}{arc}{second}{arc}{first}"


def flower(x: float, y: float, rx: float, ry: float, step: float) -> Iterable[str]:
    return (turned(x, y, rx, ry, place * step) for place in range(int(180 / step)))


def rosette(x: float, y: float) -> str:
    return "".join(
        [
            path(flower(x, y, 92, 40, 6), VIOLET, 0.1, 0.42),
            path(flower(x, y, 64, 30, 7.5), VIOLET, 0.1, 0.42),
            path(flower(x, y, 40, 14, 6), EOSIN, 0.1, 0.36),
        ]
    )


# The rule of needle depths


def marks(over: float, height: float) -> str:
    """A line with a mark every 3 mm, which stands for 0.05 mm of skin; it goes on above and below the scale."""
    short, long = [], []
    for place in range(-int(over / 3), int((height - over) / 3) - 1):
        is_long = (place - 4) % 10 == 0
        reach = 6 if is_long else 3 if place % 2 == 0 else 1.8
        (long if is_long else short).append(f"M{BAND_WIDTH} {number(over + 3 * place + 3)}h{reach}")
    edge = f"M{BAND_WIDTH} 0v{height}"
    return path(short, INK, 0.14) + path([edge, *long], INK, 0.28)


# Emblem and seal


def pins(x: float, y: float, scale: float, fill: str) -> str:
    """The pins of a needle cartridge: three rings of a hexagon, the upright row larger."""
    places = [(q, r) for q in range(-2, 3) for r in range(-2, 3) if abs(q + r) <= 2]
    return "".join(
        disc(x + q * 4.677 * scale, y + (r + q / 2) * 5.4 * scale, (1.35 if q else 2.05) * scale, fill)
        for q, r in places
    )


def ticks(x: float, y: float, start: float, short: float, long: float) -> Iterable[str]:
    for place in range(24):
        sine, cosine = math.sin(math.radians(place * 15)), -math.cos(math.radians(place * 15))
        end = start + (short if place % 3 else long)
        yield f"M{number(x + sine * start)} {number(y + cosine * start)}L{number(x + sine * end)} {number(y + cosine * end)}"


def emblem(x: float, y: float, size: float) -> str:
    scale = size / 48
    ring = f" stroke='{HAEM}' stroke-width='{number(1.4 * scale)}'"
    return "".join(
        [
            disc(x, y, 22.8 * scale, "none", ring),
            path(ticks(x, y, 18 * scale, 2.6 * scale, 4.2 * scale), HAEM, round(0.9 * scale, 2)),
            pins(x, y, scale, HAEM),
        ]
    )


def teeth(x: float, y: float, radius: float) -> str:
    corners = (
        (x + math.sin(math.radians(place * 2.4)) * reach, y - math.cos(math.radians(place * 2.4)) * reach)
        for place in range(150)
        for reach in [radius if place % 2 == 0 else radius - 1]
    )
    return "L".join(f"{number(left)} {number(top)}" for left, top in corners)


def seal(x: float, y: float) -> str:
    """44 mm across; the words around it are set by the template."""
    edge = " stroke='#ffffff' stroke-width='.25'"
    return "".join(
        [
            f"<path d='M{teeth(x, y, 22)}Z' fill='{HAEM}'/>",
            path(flower(x, y, 20.45, 13.65, 7.5), LILAC, 0.09, 0.5),
            disc(x, y, 19.36, HAEM, edge),
            disc(x, y, 13.2, PAPER),
            path(ticks(x, y, 18.4 * 0.62, 1.2 * 0.62, 2 * 0.62), HAEM, 0.18),
            pins(x, y, 0.62, EOSIN),
        ]
    )


# Whole


def drawing(width: float, height: float, *parts: str) -> str:
    size = f"width='{width}mm' height='{height}mm' viewBox='0 0 {width} {height}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{''.join(parts)}</svg>"


@cache
def background(height: float, over: float) -> str:
    """All that lies behind a sheet 297 mm wide; `over` is how far its words are moved down."""
    rules = [(86, 10.4, 202), (86, 200, 202)]
    lines = [f"M{x} {number(y + over)}h{length}" for x, y, length in rules]
    return drawing(
        297,
        height,
        f"<rect width='297' height='{height}' fill='{PAPER}'/>",
        rosette(196, 92 + over),
        band(height),
        marks(over, height),
        path(lines, HAEM, 0.2),
        seal(31, 172 + over),
        emblem(94.15, 27.15 + over, 16.3),
    )


@cache
def medal() -> str:
    """All that lies behind the words of a badge 100 mm across."""
    edge = f" stroke='{LILAC}' stroke-width='.5'"
    clip = "<clipPath id='round'><circle cx='50' cy='50' r='46'/></clipPath>"
    ground = disc(50, 50, 46, NIGHT) + path(flower(50, 50, 64, 28, 6), VIOLET, 0.16, 0.7)
    return drawing(
        100,
        100,
        f"<path d='M{teeth(50, 50, 49)}Z' fill='{HAEM}'/>",
        clip,
        f"<g clip-path='url(#round)'>{ground}{path(flower(50, 50, 44, 17, 6), BLUSH, 0.14, 0.6)}</g>",
        disc(50, 50, 46, "none", edge),
        disc(50, 50, 33, PAPER),
        pins(50, 33, 0.5, EOSIN),
    )
