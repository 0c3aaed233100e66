"""Numbered references: which source stands behind which row of a page."""

from collections.abc import Iterable

from .models import ClinicalRow, Source
from .page_parts import more_sources_of


class References:
    """The sources of a page, numbered in the order in which its rows first cite them."""

    def __init__(self):
        self.numbers: dict[int, int] = {}
        self.sources: list[Source] = []

    def number(self, source: Source) -> int:
        if source.pk not in self.numbers:
            self.sources.append(source)
            self.numbers[source.pk] = len(self.sources)
        return self.numbers[source.pk]

    def cite(self, rows: Iterable[ClinicalRow]) -> list[ClinicalRow]:
        """Every row knows the numbers and sources that it rests on, as `citations`."""
        rows = list(rows)
        for row in rows:
            sources = [row.source, *more_sources_of(row)]
            row.citations = [(self.number(source), source) for source in sources]
        return rows
