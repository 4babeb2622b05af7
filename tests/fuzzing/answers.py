"""What was answered in a run: a service that refuses whatever it is asked breaks no rule of its description."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

# "METHOD path status", as often as it was answered.
Counts = Counter[str]
# What an operation may do without, and why.
SELDOM: Mapping[str, str] = {}


def note(file: Path, method: str, path: str, status: int) -> None:
    """Write an answer down."""
    with file.open("a") as answers:
        answers.write(f"{method.upper()} {path} {status}\n")


def read(file: Path) -> Counts:
    """Return the answers that were written down."""
    return Counter(file.read_text().splitlines() if file.exists() else ())


def lacking(counts: Counts, schema: Path, *, least: int) -> dict[str, int]:
    """Return the successes in the schema that were answered less often than this, and how often each was."""
    expected = set(successes(schema)) - SELDOM.keys()
    return {answer: counts[answer] for answer in sorted(expected) if counts[answer] < least}


def successes(schema: Path) -> Iterator[str]:
    """Yield the successes that a schema describes."""
    document = yaml.safe_load(schema.read_text())
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status in operation.get("responses", {}) if isinstance(operation, dict) else ():
                if str(status).startswith("2"):
                    yield f"{method.upper()} {path} {status}"
