"""`/_sandbox/`: what is emulated and what is going on, and telling the sandbox to misbehave."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.body import NOT_JSON, BodyTooLarge, read_json
from sandbox.misbehaviour import BadInstruction, Misbehaviour
from sandbox.settings import Settings

if TYPE_CHECKING:
    from sandbox.app import StandIn

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def build_routes(settings: Settings, misbehaviour: Misbehaviour, stand_ins: Sequence[StandIn]) -> list[Route]:
    async def overview(request: Request) -> Response:
        if refusal := _refusal(request, settings):
            return refusal
        about = {stand_in.name: stand_in.overview() for stand_in in stand_ins}
        return JSONResponse({"status": "ok", "misbehaviour": misbehaviour.describe(), **about})

    async def misbehave(request: Request) -> Response:
        if refusal := _refusal(request, settings):
            return refusal
        try:
            misbehaviour.instruct({} if request.method == "DELETE" else await read_json(request))
        except BadInstruction as exc:
            return JSONResponse({"error": str(exc)}, 400)
        except BodyTooLarge:
            return JSONResponse({"error": "The body is too large."}, 413)
        except ValueError:
            return JSONResponse({"error": NOT_JSON}, 400)
        return JSONResponse(misbehaviour.describe())

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return [
        Route("/_sandbox/", overview, methods=["GET"]),
        Route("/_sandbox/health", health, methods=["GET"]),
        Route("/_sandbox/misbehave", misbehave, methods=["PUT", "DELETE"]),
    ]


def _refusal(request: Request, settings: Settings) -> Response | None:
    """Refuse who does not hold the token, and pages that reached us under a name of their own (DNS rebinding)."""
    host = request.headers.get("host", "").lower()
    name = "".join(host.partition("]")[:2]) if host.startswith("[") else host.partition(":")[0]
    if name not in LOCAL_HOSTS | {settings.host.lower(), *settings.allowed_hosts}:
        return JSONResponse({"error": "The Host header is not allowed."}, 403)
    if not settings.token:
        return JSONResponse({"error": "Set SANDBOX_TOKEN to use this."}, 403)
    if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), settings.token.encode()):
        return JSONResponse({"error": f"The header {TOKEN_HEADER} is missing or wrong."}, 401)
    return None
