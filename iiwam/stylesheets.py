"""The stylesheets browsers load, joined from the sources under `static/css`.

One small file per component to read, one request to serve. Whatever asks for static files by the
finders (runserver, findstatic, collectstatic) meets the joined files; the sources are not published.
"""

import os
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

SOURCES = Path(__file__).resolve().parent.parent / "static" / "css"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"^\s+", re.MULTILINE)

# Order matters between layers.css, the tokens and the rest; inside components every file stands alone.
BUNDLES = {
    "css/site.css": (
        "layers.css",
        "fonts.css",
        "tokens.css",
        "reset.css",
        "base.css",
        "layout.css",
        "components/*.css",
        "utilities.css",
        "print.css",
    ),
    "css/figures.css": ("figures/*.css",),
    "css/office.css": (
        "layers.css",
        "fonts.css",
        "tokens.css",
        "components/button.css",
        "components/definitions.css",
        "components/document.css",
        "components/panel.css",
        "components/tag.css",
        "components/timeline.css",
        "figures/tokens.css",
        "figures/plate.css",
        "utilities.css",
        "office/*.css",
    ),
}


def sources_of(bundle: str) -> list[Path]:
    """The files a bundle is made of, in the order they are joined."""
    return [path for pattern in BUNDLES[bundle] for path in sorted(SOURCES.glob(pattern))]


def joined(bundle: str) -> str:
    """The text of a bundle, without what is for its writers alone: a sixth less on the line."""
    text = "".join(path.read_text(encoding="utf-8") for path in sources_of(bundle))
    return INDENT.sub("", COMMENT.sub("", text))


def build(bundle: str, directory: Path) -> Path:
    """The bundle stands up to date in the directory; an unchanged one keeps its date."""
    target, text = directory / bundle, joined(bundle)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Several workers may build at once: each writes its own file, the last rename wins whole.
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return target


class StylesheetFinder(BaseFinder):
    """Shows the joined stylesheets to everything that looks for static files."""

    @cached_property
    def storage(self):
        return FileSystemStorage(location=settings.DATA_DIR / "stylesheets")

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        if path not in BUNDLES:
            return []
        found = str(build(path, Path(self.storage.location)))
        return [found] if find_all else found

    def list(self, ignore_patterns):
        for bundle in BUNDLES:
            build(bundle, Path(self.storage.location))
            yield bundle, self.storage


class StaticFilesConfig(DjangoStaticFilesConfig):
    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        *(f"css/{pattern}" for patterns in BUNDLES.values() for pattern in patterns),
    ]


class SiteStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed names once the files are collected, plain names before that."""

    support_js_module_import_aggregation = True

    def stored_name(self, name):
        # A name nobody collected yet (tests, a first look, a stale folder) is no reason to refuse a page.
        if self.hash_key(self.clean_name(name)) in self.hashed_files:
            return super().stored_name(name)
        return name
