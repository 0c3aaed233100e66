"""Reading `courses/content/`: TOML for rows, Markdown with TOML front matter between `+++` lines for texts."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from .shapes import BY_NAME, Shape

CONTENT = Path(__file__).resolve().parent.parent / "content"
FENCE = "+++\n"


class ContentError(Exception):
    """What is wrong with the files, one sentence each."""

    def __init__(self, faults: list[str]):
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass
class Entry:
    """One row as the files have it: relations by natural key, derived HTML and citations once checked."""

    shape: Shape
    values: dict[str, Any]
    file: str
    html: dict[str, str] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return "/".join(str(self.values.get(part) or "everyone") for part in self.shape.key)

    def fault(self, sentence: str) -> str:
        return f"{self.file}: {self.shape.name} “{self.key}”: {sentence}"


class Reader:
    """Gathers entries and faults from one folder, so that an author sees all faults at once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.entries: list[Entry] = []
        self.faults: list[str] = []

    def read(self) -> None:
        for path in sorted(self.folder.glob("*.toml")):
            self.tables(path, {})
        for path in sorted(self.folder.glob("courses/*/course.toml")):
            self.course(path)
        for path in sorted(self.folder.glob("articles/*.md")):
            self.text(path, "article", {"slug": path.stem})

    def course(self, path: Path) -> None:
        slug = path.parent.name
        self.single(path, "course", {"slug": slug}, inside={"course": slug})
        for module in sorted(path.parent.glob("modules/*/module.toml")):
            self.module(module, slug)

    def module(self, path: Path, course: str) -> None:
        number, slug = self.numbered(path.parent)
        whole = {"module": f"{course}/{slug}"}
        self.single(path, "module", {"course": course, "number": number, "slug": slug}, inside=whole)
        for rows in sorted(path.parent.glob("*.toml")):
            if rows != path:
                self.tables(rows, whole)
        for topic in sorted(path.parent.glob("topics/*.md")):
            number, slug = self.numbered(topic)
            self.text(topic, "topic", {**whole, "number": number, "slug": slug})

    def numbered(self, path: Path) -> tuple[int, str]:
        number, _dash, slug = path.stem.partition("-")
        if not number.isdecimal():
            self.faults.append(f"{self.name(path)}: the name begins with its number, such as 02-devices.")
            return 0, path.stem
        return int(number), slug

    def single(self, path: Path, name: str, base: dict, inside: dict) -> None:
        """A file whose top level is one record, followed by tables of what belongs to it."""
        content = self.toml(path, path.read_text())
        own = {key: value for key, value in content.items() if not is_tables(value)}
        self.add(path, name, {**own, **base})
        self.rows(path, {key: value for key, value in content.items() if is_tables(value)}, inside)

    def tables(self, path: Path, base: dict) -> None:
        self.rows(path, self.toml(path, path.read_text()), base)

    def rows(self, path: Path, content: dict, base: dict) -> None:
        for name, rows in content.items():
            if name not in BY_NAME or not is_tables(rows):
                self.faults.append(f"{self.name(path)}: “{name}” is not a kind of row.")
                continue
            takes_position = "position" in BY_NAME[name].fields
            for position, row in enumerate(rows, start=1):
                self.add(path, name, {**({"position": position} if takes_position else {}), **row, **base})

    def text(self, path: Path, name: str, base: dict) -> None:
        content = path.read_text()
        start, front, body = content.partition(FENCE)[0], *content.removeprefix(FENCE).partition(FENCE)[::2]
        if start or not body.strip():
            self.faults.append(f"{self.name(path)}: needs front matter between two +++ lines, then a text.")
            return
        self.add(path, name, {**self.toml(path, front), **base, "body": body.strip()})

    def add(self, path: Path, name: str, values: dict) -> None:
        if name == "question":
            values = with_options(values)
        self.entries.append(Entry(BY_NAME[name], values, self.name(path)))

    def toml(self, path: Path, text: str) -> dict:
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            self.faults.append(f"{self.name(path)}: is not TOML: {error}.")
            return {}

    def name(self, path: Path) -> str:
        return str(path.relative_to(self.folder))


def read_catalog(folder: Path = CONTENT) -> list[Entry]:
    """Every row that the files in this folder describe; ContentError when a file cannot be read."""
    reader = Reader(Path(folder))
    try:
        reader.read()
    except (OSError, UnicodeDecodeError) as error:
        reader.faults.append(f"A file cannot be read: {error}.")
    if not reader.entries and not reader.faults:
        reader.faults.append(f"{folder}: holds no content.")
    if reader.faults:
        raise ContentError(reader.faults)
    return reader.entries


def is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def with_options(values: dict) -> dict:
    """Options in an order of their own, so that the right one is not always where the author wrote it."""
    rest = {name: value for name, value in values.items() if name not in {"right", "wrong"}}
    right, wrong = (as_list(values.get(name, [])) for name in ("right", "wrong"))
    options = [[text, True] for text in right] + [[text, False] for text in wrong]
    seed = str(values.get("key", ""))
    options.sort(key=lambda option: hashlib.sha256(f"{seed}{option[0]}".encode()).hexdigest())
    return {**rest, "options": options}


def as_list(value: Any) -> list[str]:
    return [str(text) for text in (value if isinstance(value, list) else [value])]
