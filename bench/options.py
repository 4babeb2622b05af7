"""What was asked for on the command line."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Sizes in bytes, times in seconds; the command line says what each is for."""

    folder: Path
    runs: int
    patience: float
    quick: bool
    size: int
    seconds: float
    connections: int
    waiters: int
    worker: bool
    clip: Path | None
    poll: float
    database_url: str
    sizes: tuple[int, ...]
    stores: Path | None
    deliveries: int
    endpoints: int
    each: int
    waiting: int
    healthy_seconds: float

    def inside(self, folder: Path) -> "Options":
        """Return the same with another folder."""
        return replace(self, folder=folder)
