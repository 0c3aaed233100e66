"""The windows a story is told in. Two of four ways are walked: each screen, each light, scripts and none are met once;
all addresses in all ways are test_every_page.py's, and the whole road is walked in all four."""

import pytest

both_lights = pytest.mark.parametrize(("screen", "theme"), [("phone", "light"), ("desktop", "dark")])
both_scripts = pytest.mark.parametrize(("screen", "scripts"), [("phone", True), ("desktop", False)])
