"""Uploaded files: streamed to the disk, on it for good before they are acknowledged."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from sandbox.assemblyai.errors import ApiError
from sandbox.assemblyai.store import Store

WRITE_AT = 1024 * 1024
# What a refused client may still send before the line is cut: one that writes before it reads would miss the answer.
DRAINED_BYTES = 16 * 1024 * 1024
PART = ".part"


class Uploads:
    """Files named by their id; one without a row is not there."""

    def __init__(self, store: Store, folder: Path, *, base_url: str, max_bytes: int) -> None:
        self._store = store
        self._folder = folder
        self._base_url = base_url
        self._max_bytes = max_bytes
        folder.mkdir(parents=True, exist_ok=True)

    async def receive(self, request: Request, account: str) -> str:
        """Store the body and return its address, which nobody but the sandbox can read.

        Raises ApiError for a body that is empty, too large or cut short; then nothing is left of it.
        """
        upload_id = str(uuid4())
        part = self._folder / f"{upload_id}{PART}"
        try:
            size = await self._write(request, part)
            url = f"{self._base_url}/upload/{upload_id}"
            await run_in_threadpool(self._keep, part, upload_id, account=account, url=url, size=size)
        except ClientDisconnect as exc:
            raise ApiError(400, "Upload failed: the body is shorter than announced.") from exc
        finally:
            part.unlink(missing_ok=True)
        return url

    async def _write(self, request: Request, part: Path) -> int:
        announced, stream = request.headers.get("content-length"), request.stream()
        if announced is not None and int(announced) > self._max_bytes:
            await _drain(stream)
            raise self._too_large()
        size = 0
        with part.open("wb") as file:
            async for block in _blocks(stream):
                size += len(block)
                if size > self._max_bytes:
                    await _drain(stream)
                    raise self._too_large()
                await run_in_threadpool(file.write, block)
            if not size:
                raise ApiError(400, "Upload failed: the body is empty.")
            file.flush()
            await run_in_threadpool(os.fsync, file.fileno())
        if announced is not None and size != int(announced):
            raise ApiError(400, "Upload failed: the body is shorter than announced.")
        return size

    def _too_large(self) -> ApiError:
        return ApiError(413, f"Upload failed: the file is larger than {self._max_bytes} bytes.")

    def _keep(self, part: Path, upload_id: str, *, account: str, url: str, size: int) -> None:
        part.rename(self._folder / upload_id)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._store.add_upload(upload_id, account=account, url=url, size=size)

    def path(self, upload_id: str) -> Path:
        return self._folder / str(UUID(upload_id))

    def erase(self, upload_id: str) -> None:
        self._store.remove_upload(upload_id)
        self.path(upload_id).unlink(missing_ok=True)

    def expire(self, *, older_than_hours: float) -> None:
        for upload_id in self._store.upload_ids(created_before=time.time() - older_than_hours * 3600):
            self.erase(upload_id)

    def remove_strays(self) -> None:
        """Remove files that nobody was told of; only while nothing is being received."""
        known = self._store.upload_ids()
        for path in self._folder.iterdir():
            if path.name not in known:
                with suppress(FileNotFoundError):
                    path.unlink()


async def _blocks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join the small pieces that the server hands over, so that a write is worth its thread."""
    block = bytearray()
    async for piece in stream:
        block += piece
        if len(block) >= WRITE_AT:
            yield bytes(block)
            block.clear()
    yield bytes(block)


async def _drain(stream: AsyncIterator[bytes]) -> None:
    drained = 0
    async for piece in stream:
        drained += len(piece)
        if drained > DRAINED_BYTES:
            return
