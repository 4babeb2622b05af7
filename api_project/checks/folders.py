"""Folders: they can be written, and keeping an upload is a rename."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_folders(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the folders can be written, and that keeping an upload is a rename."""
    folders = {
        "DATA_DIR": Path(settings.DATA_DIR),
        "AUDIO_DIR": Path(settings.AUDIO_DIR),
        "FILE_UPLOAD_TEMP_DIR": Path(settings.FILE_UPLOAD_TEMP_DIR),
    }
    messages: list[CheckMessage] = []
    for name, folder in folders.items():
        reason = _why_not_writable(folder)
        if reason:
            messages.append(Error(f"{name} is '{folder}'; it cannot be written ({reason}).", id="project.E009"))
    if not messages and _device(folders["AUDIO_DIR"]) != _device(folders["FILE_UPLOAD_TEMP_DIR"]):
        message = "FILE_UPLOAD_TEMP_DIR and the audio are on different filesystems: keeping an upload would copy it."
        messages.append(Error(message, hint="Keep both inside DATA_DIR.", id="project.E010"))
    return messages


def _why_not_writable(folder: Path) -> str:
    # Asking for permissions is not enough: root has them all, also on a filesystem that is mounted read-only.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def _device(folder: Path) -> int:
    return os.stat(folder).st_dev
