"""Every pair of colors the site puts on each other, recomputed from the tokens in both themes."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"

# foreground, background, least ratio, and what it measures in the light and in the dark theme
READING = [
    ("ink", "glass", 7, 16.5, 17.0),
    ("ink", "mount", 7, 17.4, 15.8),
    ("ink", "frost", 7, 15.3, 14.4),
    ("ink", "haem-wash", 7, 14.2, 12.6),
    ("ink", "ok-wash", 7, 15.4, 12.8),
    ("ink", "stop-wash", 7, 15.2, 12.7),
    ("ink", "iodine-wash", 7, 15.5, 12.0),
    ("ink-2", "glass", 7, 8.2, 11.0),
    ("ink-2", "frost", 7, 7.6, 9.3),
    ("ink-2", "haem-wash", 7, 7.1, 8.2),
    ("haem", "glass", 7, 11.4, 10.0),
    ("haem", "frost", 7, 10.5, 8.5),
    ("on-haem", "haem", 7, 11.5, 10.0),
    ("on-haem", "haem-2", 7, 15.2, 13.2),
    ("on-night", "night", 7, 15.3, 14.6),
    ("on-night-2", "night", 7, 9.7, 8.9),
    ("on-iodine", "iodine", 7, 10.3, 10.3),
]
SHORT_WORDS = [
    ("ink-3", "glass", 4.5, 5.8, 8.0),
    ("ink-3", "frost", 4.5, 5.3, 6.8),
    ("eosin", "glass", 4.5, 4.9, 7.9),
    ("eosin", "mount", 4.5, 5.2, 7.3),
    ("glass", "eosin", 4.5, 4.9, 7.9),
    ("ok", "ok-wash", 4.5, 7.1, 8.5),
    ("stop", "stop-wash", 4.5, 6.9, 6.9),
    ("iodine-ink", "iodine-wash", 4.5, 7.4, 8.9),
    ("mount", "ok", 4.5, 8.1, 10.5),
    ("mount", "stop", 4.5, 7.9, 8.5),
    ("mount", "iodine-ink", 4.5, 8.3, 11.6),
    ("ink-2", "sk-derm", 4.5, 6.8, 8.3),
    ("ink-2", "sk-f1", 4.5, 5.0, 4.7),
]
SHAPES = [
    ("rule-2", "glass", 3, 3.8, 4.1),
    ("rule-2", "mount", 3, 4.0, 3.8),
    ("rule-2", "frost", 3, 3.5, 3.5),
    ("eosin", "eosin-wash", 3, 4.4, 6.0),
    # The focus mark is two rings: on light ground the dark one shows, on dark ground the iodine one.
    ("on-iodine", "glass", 3, 16.5, None),
    ("iodine", "glass", 3, None, 11.5),
    ("iodine", "night", 3, 10.1, 9.9),
]
PAIRS = READING + SHORT_WORDS + SHAPES


def declarations(path: Path) -> dict[str, str]:
    """The custom properties of a file; a later declaration outranks an earlier one, as in the browser."""
    return dict(re.findall(r"^\s*--([\w-]+): ([^;]+);", path.read_text(), re.MULTILINE))


TOKENS = declarations(CSS / "tokens.css") | declarations(CSS / "figures" / "tokens.css")


def oklch_of(token: str, theme: str) -> tuple[float, float, float]:
    value = TOKENS[token]
    if names := re.fullmatch(r"light-dark\(var\(--([\w-]+)\), var\(--([\w-]+)\)\)", value):
        return oklch_of(names[1 if theme == "light" else 2], theme)
    if name := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return oklch_of(name[1], theme)
    return tuple(float(part) for part in re.fullmatch(r"oklch\(([^)]+)\)", value)[1].split())


def linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return tuple(min(1.0, max(0.0, part)) for part in rgb)


def luminance(token: str, theme: str) -> float:
    red, green, blue = linear_rgb(*oklch_of(token, theme))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(foreground: str, background: str, theme: str) -> float:
    lighter, darker = sorted((luminance(foreground, theme), luminance(background, theme)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("foreground", "background", "least", "light", "dark"), PAIRS)
def test_pair_reads_in_both_themes(foreground, background, least, light, dark):
    for theme, measured in (("light", light), ("dark", dark)):
        if measured is not None:
            ratio = contrast(foreground, background, theme)
            assert ratio >= least
            assert ratio == pytest.approx(measured, abs=0.1)


def test_fallback_hex_is_the_light_theme():
    """Browsers without oklch() see hex; it must be the same color."""
    for path in (CSS / "tokens.css", CSS / "figures" / "tokens.css"):
        text = path.read_text()
        fallback = dict(re.findall(r"^\s*--([\w-]+): (#[0-9a-f]{6});", text, re.MULTILINE))
        assert fallback
        for token, value in fallback.items():
            shown = tuple(round(255 * encoded(part)) for part in linear_rgb(*oklch_of(token, "light")))
            written = tuple(int(value[n : n + 2], 16) for n in (1, 3, 5))
            assert max(abs(a - b) for a, b in zip(shown, written, strict=True)) <= 2, (token, shown, written)


def encoded(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
