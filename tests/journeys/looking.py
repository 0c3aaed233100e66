"""What everyone can use, asked of one page after another in one window: both lights, two screens, 400 % zoom, text twice
as large, forced colors, no motion, no mouse."""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKING = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# 1280 by 1024 at 400 %: what WCAG 1.4.10 asks to be read without scrolling in two directions.
ZOOMED = {"width": 320, "height": 256}
USUAL, TWICE = 16, 32
PRESSES_AT_ONCE = 12

RUN_AXE = """async ({tags, only}) => {
    const found = await axe.run(document, {
        runOnly: only.length ? {type: "rule", values: only} : {type: "tag", values: tags},
        rules: only.length ? {} : {"target-size": {enabled: true}},
        resultTypes: ["violations"], preload: false, elementRef: false,
    });
    return found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.html.slice(0, 160)}`));
}"""


def prepare(context) -> None:
    """Every page of this browser window can be asked."""
    context.add_init_script(LOOKING)


def axe(page, *only: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + "; undefined")
    return page.evaluate(RUN_AXE, {"tags": WCAG, "only": list(only)})


def seen_by(page, *, light: str, screen: dict, forced: str = "none") -> None:
    page.emulate_media(color_scheme=light, forced_colors=forced, reduced_motion="reduce")
    page.set_viewport_size(screen)


def faults_of(page) -> list[str]:
    """All that would keep somebody out of this page, each with the way of looking that showed it."""
    ways = {
        "by keyboard": by_keyboard,
        "at a desk": at_a_desk,
        "on a phone": on_a_phone,
        "at 400 %": at_400_percent,
        "with text at 200 %": with_large_text,
        "in forced colors": in_forced_colors,
    }
    return [f"{name}: {fault}" for name, way in ways.items() for fault in way(page)]


def by_keyboard(page) -> list[str]:
    """The first stop leads past the masthead; Tab meets every control once, in order, with a mark, and is never caught."""
    seen_by(page, light="light", screen=DESK)
    page.evaluate("document.activeElement?.blur()")
    many = page.evaluate("looking.listen()")
    for _turn in range(0, many + 2 * PRESSES_AT_ONCE, PRESSES_AT_ONCE):
        for _press in range(PRESSES_AT_ONCE):
            page.keyboard.press("Tab")
        if not page.evaluate("looking.untouched().length"):
            break
    return page.evaluate("looking.walked()")


def at_a_desk(page) -> list[str]:
    # The skip link in focus would lie over the emblem.
    page.evaluate("document.activeElement?.blur()")
    found = axe(page) + page.evaluate("[...looking.sideways(), ...looking.moving()]")
    seen_by(page, light="dark", screen=DESK)
    return found + axe(page, "color-contrast")


def on_a_phone(page) -> list[str]:
    seen_by(page, light="dark", screen=PHONE)
    return axe(page) + page.evaluate("looking.sideways()")


def at_400_percent(page) -> list[str]:
    seen_by(page, light="light", screen=ZOOMED)
    return page.evaluate("[...looking.sideways(), ...looking.lostText()]")


def with_large_text(page) -> list[str]:
    seen_by(page, light="light", screen=DESK)
    letters_of(page, TWICE)
    found = page.evaluate("[...looking.sideways(), ...looking.lostText()]")
    letters_of(page, USUAL)
    return found


def letters_of(page, pixels: int) -> None:
    """The size of text that the reader has chosen in the settings of the browser."""
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})


def in_forced_colors(page) -> list[str]:
    seen_by(page, light="dark", screen=DESK, forced="active")
    page.keyboard.press("Tab")
    found = page.evaluate("looking.forced()")
    seen_by(page, light="light", screen=DESK)
    return found
