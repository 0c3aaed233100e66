import gzip
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from iiwam import stylesheets
from iiwam.stylesheets import BUNDLES, SOURCES, SiteStaticStorage, build, joined, sources_of

RAW_COLOR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|:\s*(?:white|black|red|green|blue|gr[ae]y|gold)\b",
    re.IGNORECASE,
)
PHYSICAL = re.compile(
    r"^\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|(?:min-|max-)?(?:width|height))\s*:",
    re.MULTILINE,
)
ALL_SOURCES = sorted(SOURCES.rglob("*.css"))


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_every_source_reaches_a_bundle():
    assert sorted({path for bundle in BUNDLES for path in sources_of(bundle)}) == ALL_SOURCES


def test_two_sheets_of_one_page_share_no_source_and_no_raw_value():
    site, figures = (sources_of(f"css/{name}.css") for name in ("site", "figures"))
    assert set(site) & set(figures) == set()
    raw = [
        set(re.findall(r"^\s*(--[a-z]+-\d{3,4}\w?):", joined(f"css/{name}.css"), re.MULTILINE))
        for name in ("site", "figures")
    ]
    assert all(raw)
    assert raw[0] & raw[1] == set()


def test_layers_are_declared_before_anything_else():
    assert joined("css/site.css").startswith(
        "@layer reset, tokens, base, layout, components, figures, utilities, print;"
    )


@pytest.mark.parametrize("bundle", BUNDLES)
def test_joined_file_says_what_its_sources_say_without_words_for_writers(bundle):
    sources = without_comments("".join(path.read_text() for path in sources_of(bundle)))
    assert "/*" not in joined(bundle)
    assert joined(bundle).split() == sources.split()


def test_layers_used_are_the_layers_declared():
    used = {
        name
        for path in ALL_SOURCES
        for name in re.findall(r"^@layer (\w+) \{", path.read_text(), re.MULTILINE)
    }
    assert used == {"reset", "tokens", "base", "layout", "components", "figures", "utilities", "print"}


@pytest.mark.parametrize(
    "path", [p for p in ALL_SOURCES if p.name != "tokens.css"], ids=lambda path: path.name
)
def test_no_raw_color_outside_the_tokens(path):
    assert RAW_COLOR.findall(without_comments(path.read_text())) == []


# The office only answers the admin's own physical properties.
@pytest.mark.parametrize(
    "path", [p for p in ALL_SOURCES if p.parent.name != "office"], ids=lambda path: path.name
)
def test_properties_are_logical(path):
    assert PHYSICAL.findall(without_comments(path.read_text())) == []


def test_named_tokens_exist():
    text = "".join(joined(bundle) for bundle in BUNDLES)
    declared = set(re.findall(r"(--[\w-]+):", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - declared == set()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_finder_finds_the_joined_file(bundle):
    with open(finders.find(bundle)) as found:
        assert found.read() == joined(bundle)


def test_finder_leaves_other_files_to_others():
    assert finders.find("icon.svg").endswith("static/icon.svg")
    assert finders.find("css/nothing.css") is None


def test_unchanged_bundle_keeps_its_date(tmp_path):
    first = build("css/figures.css", tmp_path).stat().st_mtime_ns
    assert build("css/figures.css", tmp_path).stat().st_mtime_ns == first


def test_changed_source_makes_a_new_bundle(tmp_path, monkeypatch):
    target = build("css/figures.css", tmp_path)
    monkeypatch.setattr(stylesheets, "joined", lambda bundle: "a {}")
    assert build("css/figures.css", tmp_path).read_text() == "a {}"
    assert [path.name for path in target.parent.iterdir()] == ["figures.css"]


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A folder of collected static files, hashed and compressed as in production."""
    root = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "iiwam.stylesheets.SiteStaticStorage"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield SiteStaticStorage(location=root, base_url="/static/"), root


def test_collected_bundle_is_hashed_and_compressed(collected):
    storage, root = collected
    url = storage.url("css/site.css")
    assert re.fullmatch(r"/static/css/site\.[0-9a-f]{12}\.css", url)
    packed = root / url.removeprefix("/static/")
    assert gzip.decompress(packed.with_name(packed.name + ".gz").read_bytes()) == packed.read_bytes()
    assert packed.with_name(packed.name + ".br").exists()


def test_font_addresses_lead_to_collected_files(collected):
    storage, root = collected
    sheet = root / storage.url("css/site.css").removeprefix("/static/")
    fonts = re.findall(r'url\("?([^")]+)"?\)', sheet.read_text())
    assert len(fonts) == 10
    assert [font for font in fonts if not (sheet.parent / font).resolve().is_file()] == []
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2$", font) for font in fonts)


def test_sources_are_not_published(collected):
    storage, root = collected
    published = {path.name.split(".")[0] for path in (root / "css").rglob("*.css")}
    assert published == {"site", "figures", "office"}


def test_unknown_name_keeps_a_plain_address(collected):
    storage, root = collected
    assert storage.url("css/never-collected.css") == "/static/css/never-collected.css"


def test_first_view_stays_light(collected):
    storage, root = collected
    sheets = [
        root / storage.url(name).removeprefix("/static/") for name in ("css/site.css", "css/figures.css")
    ]
    assert sum(sheet.with_name(sheet.name + ".br").stat().st_size for sheet in sheets) < 14_000
