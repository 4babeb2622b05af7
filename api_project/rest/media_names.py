"""What a stored file is sent as: a content type from a fixed list, under a name that says nothing else."""

import os
from collections.abc import Mapping

from api_project.rest.uploads import safe_file_name

# Everything that `containers.py` recognises, with the extensions that such files have; the first is the usual one.
EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "audio/wav": (".wav", ".wave", ".rf64", ".bwf"),
    "audio/aiff": (".aiff", ".aif", ".aifc"),
    "audio/x-8svx": (".8svx", ".iff"),
    "audio/basic": (".au", ".snd"),
    "audio/x-voc": (".voc",),
    "audio/x-caf": (".caf",),
    "audio/flac": (".flac",),
    "audio/ogg": (".ogg", ".oga", ".opus", ".ogv", ".spx"),
    "audio/mpeg": (".mp3", ".mp2", ".mpga", ".mpa"),
    "audio/aac": (".aac",),
    "audio/ac3": (".ac3",),
    "audio/amr-wb": (".awb", ".amr"),
    "audio/amr": (".amr", ".3ga"),
    "audio/x-dss": (".dss", ".ds2"),
    "audio/qcelp": (".qcp",),
    "audio/x-wavpack": (".wv",),
    "audio/x-tta": (".tta",),
    "audio/x-ape": (".ape",),
    "audio/mp4": (".m4a", ".m4b", ".m4p", ".m4r", ".f4a", ".mp4"),
    "video/mp4": (".mp4", ".m4v", ".m4a", ".f4v"),
    "video/quicktime": (".mov", ".qt"),
    "video/3gpp": (".3gp", ".3g2", ".3gpp"),
    "video/x-ms-asf": (".wma", ".wmv", ".asf"),
    "video/webm": (".webm",),
    "video/x-matroska": (".mkv", ".mka"),
    "video/x-msvideo": (".avi",),
    "video/x-flv": (".flv",),
    "application/mxf": (".mxf",),
    "video/mpeg": (".mpg", ".mpeg", ".vob"),
    "video/mp2t": (".ts", ".m2ts", ".mts"),
}
UNKNOWN = "application/octet-stream"


def content_type_to_send(content_type: str) -> str:
    """Return the stored content type if it is one of the fixed list, else that of bytes nobody opens by themselves."""
    return content_type if content_type in EXTENSIONS else UNKNOWN


def name_to_send(name: str, content_type: str, *, added: str = "") -> str:
    """Return a name to save a file under: the given one, `added`, and an extension that such files have.

    A browser opens what it has saved by its extension, so that of a web page is not kept.
    """
    stem, extension = os.path.splitext(safe_file_name(name))
    allowed = EXTENSIONS.get(content_type, (".bin",))
    if extension.lower() in allowed:
        return f"{stem}{added}{extension}"
    return f"{stem}{extension}{added}{allowed[0]}"
