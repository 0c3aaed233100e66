"""Markdown as editors write it, turned into the only HTML that a text of ours may hold."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .models.articles import Article
from .models.catalog import Course
from .models.sources import Source
from .models.syllabus import Module

MAX_BYTES = 50_000
# Time to parse grows with the square of unclosed brackets; no honest text comes near this many.
MAX_BRACKETS = 3_000
CITATION = re.compile(r"\[@([A-Za-z0-9_-]{1,50})\]")
PLACES = {"course": "courses:course", "module": "courses:module", "article": "courses:article"}
TAGS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "s"}
TAGS |= {"code", "pre", "a", "sup", "div", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    **{f"h{level}": {"id"} for level in range(2, 7)},
    "a": {"href", "rel", "title", "aria-label"},
    "sup": {"class"},
    "ol": {"start"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "table": {"class"},
    "th": {"scope", "class"},
    "td": {"class"},
}


@dataclass(frozen=True)
class Rendered:
    """HTML that may be shown as it is, and the sources it cites in the order of their numbers."""

    html: str
    source_keys: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """What a text may point to: the keys of sources and places such as `module:microneedling/devices`."""

    sources: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @classmethod
    def stored(cls) -> "Library":
        modules = Module.objects.values_list("course__slug", "slug")
        return cls(
            frozenset(Source.objects.values_list("key", flat=True)),
            frozenset(f"course:{slug}" for slug in Course.objects.values_list("slug", flat=True))
            | frozenset(f"article:{slug}" for slug in Article.objects.values_list("slug", flat=True))
            | frozenset(f"module:{course}/{module}" for course, module in modules),
        )


@dataclass
class Reading:
    """One pass over a text: what it may point to, what it cites and which heading names are taken."""

    library: Library | None = None
    cited: list[str] = field(default_factory=list)
    headings: Counter = field(default_factory=Counter)

    @property
    def shelf(self) -> Library:
        self.library = self.library or Library.stored()
        return self.library

    def number(self, key: str) -> int:
        if key not in self.shelf.sources:
            raise ValidationError(_("[@%(key)s] names no source that is on file."), params={"key": key})
        if key not in self.cited:
            self.cited.append(key)
        return self.cited.index(key) + 1


def render(text: str, library: Library | None = None) -> Rendered:
    """What the text says, as safe HTML; a text that is too long, cites an unknown source, shows a picture or
    leads nowhere is refused with a ValidationError that names the place."""
    refuse_unreadable(text)
    reading = Reading(library)
    tokens = PARSER.parse(text)
    nest_headings(tokens, reading)
    for token in tokens:
        finish(token, reading)
    wrap_tables(tokens)
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return Rendered(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            link_rel=None,
            url_schemes={"http", "https", "mailto", "tel"},
        ),
        tuple(reading.cited),
    )


def cited_keys(text: str) -> tuple[str, ...]:
    """Keys in the order in which a text cites them, which is the order of their numbers."""
    keys = (
        token.meta["key"]
        for block in PARSER.parse(text)
        for token in block.children or []
        if token.type == "citation"
    )
    return tuple(dict.fromkeys(keys))


def as_numbered(text: str, sources: Iterable[Source]) -> list[Source]:
    """These sources in the order of their numbers in the text; those it does not cite come last."""
    order = {key: number for number, key in enumerate(cited_keys(text))}
    return sorted(sources, key=lambda source: (order.get(source.key, len(order)), source.key))


def sources_of(text: str) -> list[Source]:
    """The sources that a text cites, in the order of their numbers."""
    keys = cited_keys(text)
    return as_numbered(text, Source.objects.filter(key__in=keys) if keys else [])


def refuse_unreadable(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise ValidationError(_("The text holds a character that cannot be stored.")) from error
    if size > MAX_BYTES:
        raise ValidationError(_("The text is too long: keep it under 50 kB."))
    if text.count("[") > MAX_BRACKETS:
        raise ValidationError(_("The text holds too many square brackets."))


def citation_rule(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("citation", "", 0).meta = {"key": match[1]}
    state.pos = match.end()
    return True


def nest_headings(tokens: list[Token], reading: Reading) -> None:
    """The page has its h1; whatever level an editor began with becomes h2, and no level is skipped."""
    path: list[int] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            path = [*(above for above in path if above < level), level]
            token.tag = tokens[place + 2].tag = f"h{min(len(path) + 1, 6)}"
            token.attrs = {"id": heading_id(tokens[place + 1], reading)}


def heading_id(inline: Token, reading: Reading) -> str:
    words = "".join(part.content for part in inline.children or [] if part.type in {"text", "code_inline"})
    stem = "h-" + (slugify(words, allow_unicode=True)[:60] or "part")
    reading.headings[stem] += 1
    return stem if reading.headings[stem] == 1 else f"{stem}--{reading.headings[stem]}"


def finish(token: Token, reading: Reading) -> None:
    """Check and dress what a token points to, and everything inside it."""
    if token.type == "citation":
        token.meta["number"] = reading.number(token.meta["key"])
    elif token.type == "link_open":
        token.attrs = {**token.attrs, **link_attributes(str(token.attrs["href"]), reading)}
    elif token.type == "image":
        raise ValidationError(_("A text cannot hold pictures."))
    elif token.type in {"th_open", "td_open"}:
        token.attrs = cell_attributes(token)
    elif token.type == "table_open":
        token.attrs = {"class": "tbl"}
    for before, child in pairwise([None, *(token.children or [])]):
        if child.type == "citation" and before:
            # The raised number stands at the word, whether or not the editor put a space between them.
            before.content = before.content.rstrip(" ")
        finish(child, reading)


def cell_attributes(cell: Token) -> dict[str, str]:
    attributes = {"scope": "col"} if cell.tag == "th" else {}
    # Alignment arrives as a style attribute, which the content policy forbids.
    return {**attributes, "class": "n"} if "right" in str(cell.attrs.get("style", "")) else attributes


def link_attributes(href: str, reading: Reading) -> dict[str, str]:
    scheme, _colon, rest = href.partition(":")
    if scheme in PLACES:
        return {"href": address_of(scheme, rest, reading)}
    try:
        parts = urlsplit(href)
    except ValueError:
        raise dead_link(href) from None
    if parts.scheme in {"http", "https"} and parts.netloc and "%" not in parts.netloc:
        return {"rel": "noopener noreferrer nofollow"}
    if parts.scheme in {"mailto", "tel"} or (href.startswith("#") and len(href) > 1):
        return {}
    if parts.scheme or parts.netloc or not leads_somewhere(parts.path):
        raise dead_link(href)
    return {}


def address_of(scheme: str, rest: str, reading: Reading) -> str:
    if f"{scheme}:{rest}" not in reading.shelf.places:
        raise dead_link(f"{scheme}:{rest}")
    try:
        return reverse(PLACES[scheme], args=rest.split("/"))
    except NoReverseMatch:
        raise dead_link(f"{scheme}:{rest}") from None


def leads_somewhere(path: str) -> bool:
    # Browsers read "/\host" as "//host": another site.
    if not path.startswith("/") or path.startswith(("//", "/\\", "/%5C")):
        return False
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def dead_link(href: str) -> ValidationError:
    return ValidationError(_("The link “%(href)s” leads nowhere."), params={"href": href[:200]})


def wrap_tables(tokens: list[Token]) -> None:
    """A wide table scrolls in a region of its own, which a keyboard can reach and a reader can name."""
    for place in reversed(range(len(tokens))):
        if tokens[place].type == "table_open":
            end = next(i for i in range(place, len(tokens)) if tokens[i].type == "table_close")
            tokens.insert(end + 1, Token("html_block", "", 0, content="</div>\n"))
            tokens.insert(place, Token("html_block", "", 0, content=region_tag(tokens[place:end])))


def region_tag(table: list[Token]) -> str:
    heads = [table[i + 1].content for i, token in enumerate(table) if token.type == "th_open"]
    columns = ", ".join(CITATION.sub("", head).replace("*", "").strip() for head in heads if head)
    label = gettext("Table: %(columns)s") % {"columns": columns}
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">\n'


def render_citation(tokens: list[Token], place: int, options, env) -> str:
    number, key = tokens[place].meta["number"], tokens[place].meta["key"]
    label = escape(gettext("Source %(number)s") % {"number": number})
    return f'<sup class="cite"><a href="#source-{key}" aria-label="{label}">[{number}]</a></sup>'


def make_parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "citation", citation_rule)
    parser.renderer.rules["citation"] = render_citation
    return parser


PARSER = make_parser()
