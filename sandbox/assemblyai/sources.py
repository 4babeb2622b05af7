"""Where a job's audio comes from: an upload of the same account, or an address on the web."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

from api_project.http import AddressRefused, BodyTooLarge, OutboundError, Policy, UnexpectedAnswer, fetch
from sandbox.assemblyai.store import Store, Transcript, unreachable
from sandbox.assemblyai.uploads import Uploads
from sandbox.speech.engine import AudioRejected


class Sources:
    def __init__(self, store: Store, uploads: Uploads, *, folder: Path, base_url: str, policy: Policy) -> None:
        self._store = store
        self._uploads = uploads
        self._folder = folder
        self._base_url = base_url
        self._policy = policy
        # What a killed process left there.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def upload_of(self, audio_url: str, account: str) -> str | None:
        """Return the id of the account's upload that has this address; another account's is none of its business."""
        return self._store.find_upload(audio_url, account)

    @contextmanager
    def open(self, transcript: Transcript) -> Iterator[Path]:
        """Give the path of the audio while the block runs; raise AudioRejected."""
        url = transcript.request["audio_url"]
        if transcript.upload_id:
            path = self._uploads.path(transcript.upload_id)
            if not path.exists():
                raise AudioRejected(unreachable(url))
            yield path
        elif url.startswith(f"{self._base_url}/upload/"):
            # Unknown and another account's alike, so that nobody learns which it is.
            raise AudioRejected(unreachable(url))
        else:
            with NamedTemporaryFile(dir=self._folder, prefix="audio-") as file:
                self._fetch(url, cast(BinaryIO, file))
                file.flush()
                yield Path(file.name)

    def _fetch(self, url: str, file: BinaryIO) -> None:
        try:
            fetch(url, into=file, policy=self._policy)
        except AddressRefused as exc:
            raise AudioRejected(f"Download error: Forbidden URL {url}") from exc
        except BodyTooLarge as exc:
            raise AudioRejected(
                f"Download error, the file is larger than {self._policy.max_bytes} bytes: {url}"
            ) from exc
        except UnexpectedAnswer as exc:
            raise AudioRejected(f"Download error, {exc} {url}") from exc
        except OutboundError as exc:
            raise AudioRejected(unreachable(url)) from exc
