"""Where audio is kept: on disk, made durable before anybody is told that it was accepted."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

STRAY_AFTER_SECONDS = 3600


class DurableFileSystemStorage(FileSystemStorage):
    """A file system storage whose files and folders are on the disk, not only in its cache, when `save` returns."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)

    def _save(self, name: str, content: Any) -> str:
        # Before the rename, so that no name ever points at bytes that a power cut could take away.
        moved = hasattr(content, "temporary_file_path")
        if moved:
            sync(Path(content.temporary_file_path()))
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(saved))
        if not moved:
            sync(path)
        for folder in [path.parent, *path.parent.parents]:
            sync(folder)
            if folder == Path(self.location):
                break
        return saved

    def make_folder(self, name: str) -> None:
        """Make the folder of a file that is to come, so that `delete` finds it even if the file never comes."""
        folder = Path(self.location)
        for part in Path(name).parent.parts:
            folder /= part
            folder.mkdir(mode=0o700, exist_ok=True)
            sync(folder.parent)

    def delete(self, name: str) -> None:
        """Delete a file for good; one that is gone already counts as deleted.

        Raises `FileNotFoundError` when its folder is not there: folders are never deleted, so the storage is away.
        """
        folder = Path(self.path(name)).parent
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            super().delete(name)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def older_files(folder: Path, *, older_than: float = STRAY_AFTER_SECONDS) -> list[Path]:
    """Return the files below `folder` that nobody has touched for `older_than` seconds."""
    limit = time.time() - older_than
    found = []
    for path in folder.rglob("*"):
        # Another process may take it away at any moment.
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < limit:
                found.append(path)
    return found
