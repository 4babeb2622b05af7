"""What the search asks of a database."""

from typing import Protocol

from transcripts.finding.documents import Document


class Engine(Protocol):
    def insert(self, document: Document) -> bool:
        """Write a new entry. Returns False when its number or its transcript has one."""

    def replace(self, document: Document) -> None:
        """Write the entry with this number anew."""
