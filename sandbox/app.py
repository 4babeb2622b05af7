"""The application: every stand-in behind one port, over one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from sandbox import control
from sandbox.assemblyai import errors
from sandbox.assemblyai.errors import ApiError
from sandbox.assemblyai.service import AssemblyAI
from sandbox.database import Database
from sandbox.misbehaviour import Misbehaviour
from sandbox.settings import Settings

DATABASE = "sandbox.sqlite3"
EXPIRE_SECONDS = 600


class StandIn(Protocol):
    """A provider that the sandbox stands in for."""

    name: str

    def routes(self) -> list[Route]: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def expire(self) -> None: ...
    def overview(self) -> dict[str, Any]: ...


def create_app(settings: Settings) -> Starlette:
    """Build the application; settings.data_dir must exist and belong to this process alone."""
    database = Database(settings.data_dir / DATABASE, [AssemblyAI.schema])
    misbehaviour = Misbehaviour(operations=AssemblyAI.operations)
    stand_ins: list[StandIn] = [AssemblyAI(settings, database, misbehaviour)]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        for stand_in in stand_ins:
            stand_in.start()
        expiring = asyncio.create_task(_expire(stand_ins))
        try:
            yield
        finally:
            expiring.cancel()
            with suppress(asyncio.CancelledError):
                await expiring
            for stand_in in stand_ins:
                await asyncio.to_thread(stand_in.stop)

    routes = [route for stand_in in stand_ins for route in stand_in.routes()]
    return Starlette(
        routes=[*control.build_routes(settings, misbehaviour, stand_ins), *routes],
        lifespan=lifespan,
        exception_handlers={
            ApiError: errors.answer_api_error,
            HTTPException: errors.answer_http_error,
            Exception: errors.answer_crash,
        },
    )


async def _expire(stand_ins: list[StandIn]) -> None:
    while True:
        await asyncio.sleep(EXPIRE_SECONDS)
        for stand_in in stand_ins:
            await asyncio.to_thread(stand_in.expire)
