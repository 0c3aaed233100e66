"""The picture that a link to a page shows where people talk: the title on dark glass, beside the field of needle pins."""

import io
from functools import cache
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from iiwam.typesetting import FONTS

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN, MEASURE = 84, 720
NIGHT, GLASS, VIOLET, ROSE, PALE = "#1e1443", "#f4f2f9", "#907cc9", "#c83063", "#c6c0d8"
TITLE_SIZES = (76, 66, 58, 50, 44)
MOST_LINES, SMALL = 4, 50
# Circles have no smooth edge in Pillow: they are drawn four times as large.
FINER = 4


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.ttf", size)


def picture(title: str, facts: list[str]) -> bytes:
    """A PNG of 1200 by 630 with this title and, under it, a line of facts."""
    image = ground().copy()
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, 84), "IIWAM", GLASS, font("IBMPlexSans-SemiBold", 34), anchor="ls")
    draw.text((MARGIN, 114), "International Institute of", PALE, font("IBMPlexSans-Regular", 24), anchor="ls")
    draw.text(
        (MARGIN, 144), "Wellness & Aesthetic Medicine", PALE, font("IBMPlexSans-Regular", 24), anchor="ls"
    )
    size, lines = fitted(title)
    top = 340 - len(lines) * size * 0.56
    for number, line in enumerate(lines):
        draw.text(
            (MARGIN, top + (number + 0.8) * size * 1.12),
            line,
            GLASS,
            font("Brygada1918-SemiBold", size),
            anchor="ls",
        )
    fact_line = shortened("  ·  ".join(facts), font("IBMPlexSans-Regular", 28), WIDTH - 2 * MARGIN)
    draw.text((MARGIN, 560), fact_line, PALE, font("IBMPlexSans-Regular", 28), anchor="ls")
    held = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(held, "PNG", optimize=True)
    return held.getvalue()


@cache
def ground() -> Image.Image:
    """What all pictures share: the dark ground, the ruler along the edge and the emblem."""
    large = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), NIGHT)
    draw = ImageDraw.Draw(large)
    emblem(draw, (1000 * FINER, 300 * FINER), 7.4 * FINER)
    for tick in range(0, WIDTH + 1, 12):
        length = 22 if tick % 120 == 0 else 14 if tick % 60 == 0 else 8
        draw.line([(tick * FINER, (HEIGHT - length) * FINER), (tick * FINER, HEIGHT * FINER)], VIOLET, FINER)
    draw.rectangle([(0, 0), (WIDTH * FINER, 8 * FINER)], ROSE)
    return large.resize(SIZE, Image.Resampling.LANCZOS)


def emblem(draw: ImageDraw.ImageDraw, center: tuple[float, float], scale: float) -> None:
    """The institute's mark: the pins of a needle cartridge within a round scale."""
    x, y = center
    ring = 22.8 * scale
    draw.ellipse([(x - ring, y - ring), (x + ring, y + ring)], outline=VIOLET, width=round(1.2 * scale))
    for step in range(24):
        turn, inner = step * pi / 12, 18 if step % 6 == 0 else 19.6
        outer = 22 if step % 2 == 0 else 21.2
        ends = [(x + sin(turn) * reach * scale, y - cos(turn) * reach * scale) for reach in (inner, outer)]
        draw.line(ends, VIOLET, round(0.7 * scale))
    for across in range(-2, 3):
        for down in range(-2, 3):
            if abs(across + down) <= 2:
                radius = (2.05 if across == 0 else 1.35) * scale
                pin_x, pin_y = x + across * 4.677 * scale, y + (down + across / 2) * 5.4 * scale
                draw.ellipse([(pin_x - radius, pin_y - radius), (pin_x + radius, pin_y + radius)], GLASS)


def fitted(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title stands in a few lines; at the smallest it is cut short."""
    for size in TITLE_SIZES:
        lines = broken(title, font("Brygada1918-SemiBold", size))
        most = MOST_LINES if size <= SMALL else MOST_LINES - 1
        if len(lines) <= most and all(
            font("Brygada1918-SemiBold", size).getlength(line) <= MEASURE for line in lines
        ):
            return size, lines
    face = font("Brygada1918-SemiBold", TITLE_SIZES[-1])
    kept = lines[:MOST_LINES]
    last = kept[-1] + (" …" if len(lines) > MOST_LINES else "")
    return TITLE_SIZES[-1], [shortened(line, face, MEASURE) for line in [*kept[:-1], last]]


def broken(title: str, face: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in title.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= MEASURE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def shortened(line: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    if face.getlength(line) <= width:
        return line
    while line and face.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip(' ,;:')}…"
