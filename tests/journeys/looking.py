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
MORE_PRESSES = 12
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

RUN_AXE = """async ({tags, contrast}) => {
    const found = await axe.run(document, {
        runOnly: {type: "tag", values: tags},
        rules: {"target-size": {enabled: true}, "color-contrast": {enabled: contrast}},
        resultTypes: ["violations"], preload: false, elementRef: false,
    });
    return found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.html.slice(0, 160)}`));
}"""


def prepare(context) -> None:
    """Every page of this browser window can be asked."""
    context.add_init_script(LOOKING)
    context.add_init_script(AXE)


def axe(page, *, contrast: bool = True) -> list[str]:
    return page.evaluate(RUN_AXE, {"tags": WCAG, "contrast": contrast})


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
    keys = page.context.new_cdp_session(page)
    # What a press opens on the way has stops of its own.
    for presses in (many, MORE_PRESSES, MORE_PRESSES):
        for _press in range(presses):
            keys.send("Input.dispatchKeyEvent", TAB)
        if not page.evaluate("looking.untouched().length"):
            break
    return page.evaluate("looking.walked()")


def at_a_desk(page) -> list[str]:
    # The skip link in focus would lie over the emblem.
    page.evaluate("document.activeElement?.blur()")
    found = axe(page) + page.evaluate("[...looking.sideways(), ...looking.moving(), ...looking.faint()]")
    seen_by(page, light="dark", screen=DESK)
    return found + page.evaluate("looking.faint()")


def on_a_phone(page) -> list[str]:
    seen_by(page, light="dark", screen=PHONE)
    found = axe(page, contrast=False) + page.evaluate("[...looking.sideways(), ...looking.faint()]")
    seen_by(page, light="light", screen=PHONE)
    return found + page.evaluate("looking.faint()")


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
