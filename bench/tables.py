"""Figures and the table that they are printed in."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over all runs, in the order of the runs."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def row(self) -> tuple[str, str, str, str]:
        """Return the cells: name, median, least and most, unit."""
        low, high = min(self.values), max(self.values)
        return (self.name, _shown(self.median), f"{_shown(low)} - {_shown(high)}", self.unit)


@dataclass(slots=True)
class Report:
    """What one benchmark found: rows, and sentences that belong to them."""

    title: str
    rows: list[Series] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *rows: Series) -> None:
        self.rows.extend(rows)

    def text(self, *, command: str, machine: Sequence[str]) -> str:
        """Return the printed form."""
        cells = [("", "median", "min - max", ""), *(row.row() for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(4)]
        table = [
            f"  {name:<{widths[0]}}  {middle:>{widths[1]}}  {spread:>{widths[2]}}  {unit}".rstrip()
            for name, middle, spread, unit in cells
        ]
        lines = [self.title, f"  {command}", *(f"  {line}" for line in machine), *table]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes), ""])


def ratio(name: str, upper: Sequence[float], lower: Sequence[float]) -> Series:
    """Return the ratios pair by pair: runs next to each other saw the same machine."""
    return Series(name, "ratio", [above / below for above, below in zip(upper, lower, strict=True)])


def pairs_note(series: Series) -> str:
    """Return the sentence that lists a ratio's pairs."""
    return f"{series.name}, pair by pair: " + " ".join(f"{value:.2f}" for value in series.values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def _shown(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
