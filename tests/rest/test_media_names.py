"""Nothing of a client's decides what a browser does with a file that we send."""

import pytest

from api_project.rest import containers
from api_project.rest.media_names import EXTENSIONS, content_type_to_send, name_to_send


def test_everything_that_is_taken_in_is_sent_as_what_it_is() -> None:
    taken = {container.content_type for container in containers._CONTAINERS} | set(containers._BRANDS.values())
    taken |= {"video/mp4", "video/3gpp", "video/quicktime", "audio/mpeg", "audio/aac"}

    assert {content_type_to_send(content_type) for content_type in taken} == taken == set(EXTENSIONS)


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "", "audio/wav\r\nX: y", "AUDIO/WAV"])
def test_all_else_is_mere_bytes(content_type: str) -> None:
    assert content_type_to_send(content_type) == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "content_type", "sent"),
    [
        ("call.wav", "audio/wav", "call.wav"),
        ("CALL.WAV", "audio/wav", "CALL.WAV"),
        ("a.opus", "audio/ogg", "a.opus"),
        ("call", "audio/wav", "call.wav"),
        ("call.html", "audio/wav", "call.html.wav"),
        ("call.wav", "audio/mpeg", "call.wav.mp3"),
        ("call.wav.exe", "audio/wav", "call.wav.exe.wav"),
        ("../../etc/passwd", "audio/wav", "passwd.wav"),
        ("a\r\nSet-Cookie: b=c.wav", "audio/wav", "aSet-Cookie: b=c.wav"),
        ("\u202egnp.wav", "audio/wav", "gnp.wav"),
        ("..", "audio/wav", "upload.wav"),
        ("call.wav", "text/html", "call.wav.bin"),
    ],
)
def test_a_name_says_what_the_file_is(name: str, content_type: str, sent: str) -> None:
    assert name_to_send(name, content_type) == sent


def test_what_is_added_stands_before_the_extension() -> None:
    assert name_to_send("call", "audio/mpeg", added="-redacted") == "call-redacted.mp3"
    assert name_to_send("v1.2", "audio/mpeg", added="-redacted") == "v1.2-redacted.mp3"
