"""Setting words as pages with Typst: a template, and words that only ever arrive as data."""

import json
from datetime import datetime
from pathlib import Path
from threading import Lock

import typst
from django.conf import settings

FONTS = Path(__file__).parent / "fonts"
Fault = typst.TypstError


class Template:
    """A template with a compiler that lasts as long as the process: it keeps the fonts and what two sheets share."""

    def __init__(self, path: Path):
        self.path = path
        self.compiler: typst.Compiler | None = None
        # A compiler serves one at a time.
        self.turn = Lock()

    def compile(self, sheet: dict, **options) -> bytes:
        with self.turn:
            self.compiler = self.compiler or typst.Compiler(
                input=self.path, root=settings.BASE_DIR, font_paths=[FONTS], ignore_system_fonts=True
            )
            return self.compiler.compile(sys_inputs={"sheet": json.dumps(sheet, sort_keys=True)}, **options)

    def pdf(self, sheet: dict, *, standards: list[str], at: datetime) -> bytes:
        """The sheet as PDF of these standards, the same bytes for the same words and moment."""
        return self.compile(sheet, format="pdf", pdf_standards=standards, timestamp=int(at.timestamp()))

    def png(self, sheet: dict, *, ppi: int) -> bytes:
        return self.compile(sheet, format="png", ppi=ppi)

    def svg(self, sheet: dict) -> bytes:
        """The sheet as a drawing: letters are outlines, so it needs no font."""
        return self.compile(sheet, format="svg")
