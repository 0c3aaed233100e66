"""What a load of the catalog files did."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """What a load did: numbers, and a sentence for each row that it left as it was."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)

    @property
    def wrote(self) -> bool:
        return bool(self.created or self.changed or self.pruned)
