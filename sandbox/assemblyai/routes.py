"""The ten operations over HTTP."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.assemblyai import errors, sections, subtitles
from sandbox.assemblyai.documents import build_document
from sandbox.assemblyai.errors import ApiError
from sandbox.assemblyai.listing import list_transcripts
from sandbox.assemblyai.options import check_request
from sandbox.assemblyai.store import Transcript
from sandbox.body import NOT_JSON, BodyTooLarge, read_json
from sandbox.misbehaviour import Fault, LostAnswer

if TYPE_CHECKING:
    from sandbox.assemblyai.service import AssemblyAI

# What an instruction to misbehave may name.
OPERATIONS = frozenset("upload submit list get delete srt vtt sentences paragraphs word-search redacted-audio".split())
Handler = Callable[["AssemblyAI", Request, str], Awaitable[Response]]

FAULT_MESSAGES = {
    401: "Authentication error, API token missing/invalid",
    402: "Your account balance is negative. Please top up to continue using the API.",
    403: "Your account does not have access to this feature.",
    429: "Too many requests. Please slow down.",
    500: "Internal server error",
    503: "Service unavailable",
}


def build_routes(service: AssemblyAI) -> list[Route]:
    one = "/v2/transcript/{id}"
    return [
        _route(service, "POST", "/v2/upload", "upload", _upload),
        _route(service, "POST", "/v2/transcript", "submit", _submit),
        _route(service, "GET", "/v2/transcript", "list", _list),
        _route(service, "GET", one, "get", _get),
        _route(service, "DELETE", one, "delete", _delete),
        _route(service, "GET", f"{one}/srt", "srt", _srt),
        _route(service, "GET", f"{one}/vtt", "vtt", _vtt),
        _route(service, "GET", f"{one}/sentences", "sentences", _sentences),
        _route(service, "GET", f"{one}/paragraphs", "paragraphs", _paragraphs),
        _route(service, "GET", f"{one}/word-search", "word-search", _word_search),
        _route(service, "GET", f"{one}/redacted-audio", "redacted-audio", _redacted_audio),
    ]


def _route(service: AssemblyAI, method: str, path: str, operation: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        account = _authenticate(request, service.settings.api_keys)
        if latency := service.misbehaviour.latency:
            await asyncio.sleep(latency)
        if fault := service.misbehaviour.take_fault(operation):
            raise _as_error(fault)
        answer = await handler(service, request, account)
        if operation == "submit" and service.misbehaviour.take_lost_answer():
            return LostAnswer()
        return answer

    return Route(path, endpoint, methods=[method], name=f"assemblyai-{operation}")


def _authenticate(request: Request, api_keys: tuple[str, ...]) -> str:
    """Return the account, a digest of the key, so that no key is stored."""
    given = request.headers.get("authorization", "").encode()
    for key in api_keys:
        if hmac.compare_digest(given, key.encode()):
            return sha256(given).hexdigest()[:16]
    raise errors.unauthorized()


def _as_error(fault: Fault) -> ApiError:
    headers = None if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return ApiError(fault.status, FAULT_MESSAGES[fault.status], headers)


async def _upload(service: AssemblyAI, request: Request, account: str) -> Response:
    return JSONResponse({"upload_url": await service.uploads.receive(request, account)})


async def _submit(service: AssemblyAI, request: Request, account: str) -> Response:
    wanted = check_request(await _read_json(request), extra=service.settings.extra_options)
    transcript = await run_in_threadpool(service.submit, wanted, account)
    return JSONResponse(build_document(transcript, None, progress=0))


async def _list(service: AssemblyAI, request: Request, account: str) -> Response:
    base_url = service.settings.base_url
    return JSONResponse(
        await run_in_threadpool(list_transcripts, service.store, account, request.query_params, base_url)
    )


async def _get(service: AssemblyAI, request: Request, account: str) -> Response:
    return await run_in_threadpool(_document, service, request, account)


async def _delete(service: AssemblyAI, request: Request, account: str) -> Response:
    transcript = await run_in_threadpool(_find, service, request, account)
    await run_in_threadpool(service.erase, transcript)
    return await run_in_threadpool(_document, service, request, account)


async def _srt(service: AssemblyAI, request: Request, account: str) -> Response:
    result = await run_in_threadpool(_completed, service, request, account)
    return PlainTextResponse(subtitles.srt(result, _chars_per_caption(request)))


async def _vtt(service: AssemblyAI, request: Request, account: str) -> Response:
    result = await run_in_threadpool(_completed, service, request, account)
    return PlainTextResponse(subtitles.vtt(result, _chars_per_caption(request)))


async def _sentences(service: AssemblyAI, request: Request, account: str) -> Response:
    result = await run_in_threadpool(_completed, service, request, account)
    return JSONResponse({"sentences": sections.sentences(result), **_summary(request, result)})


async def _paragraphs(service: AssemblyAI, request: Request, account: str) -> Response:
    result = await run_in_threadpool(_completed, service, request, account)
    return JSONResponse({"paragraphs": sections.paragraphs(result), **_summary(request, result)})


async def _word_search(service: AssemblyAI, request: Request, account: str) -> Response:
    result = await run_in_threadpool(_completed, service, request, account)
    phrases = [phrase.strip() for phrase in request.query_params.get("words", "").split(",") if phrase.strip()]
    if not phrases:
        raise ApiError(400, "words is required: one or more words, separated by commas.")
    if any(len(phrase.split()) > sections.LONGEST_PHRASE for phrase in phrases):
        raise ApiError(400, f"A phrase may have up to {sections.LONGEST_PHRASE} words.")
    return JSONResponse({"id": request.path_params["id"], **sections.word_search(result, phrases)})


async def _redacted_audio(service: AssemblyAI, request: Request, account: str) -> Response:
    await run_in_threadpool(_find, service, request, account)
    raise ApiError(400, "Redacted audio was not requested for this transcript, or is no longer available.")


def _find(service: AssemblyAI, request: Request, account: str) -> Transcript:
    try:
        transcript = service.store.get(request.path_params["id"])
    except KeyError as exc:
        raise errors.not_found() from exc
    if transcript.account != account:
        raise errors.not_found()
    return transcript


def _document(service: AssemblyAI, request: Request, account: str) -> Response:
    transcript = _find(service, request, account)
    progress = service.jobs.progress(transcript)
    return JSONResponse(build_document(transcript, service.store.result(transcript.id), progress=progress))


def _completed(service: AssemblyAI, request: Request, account: str) -> dict[str, Any]:
    transcript = _find(service, request, account)
    result = service.store.result(transcript.id)
    if result is None:
        raise ApiError(
            400,
            f"This transcript has a status of {transcript.status!r}. "
            "Transcripts must have a status of 'completed' before this can be requested.",
        )
    return result


def _summary(request: Request, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": request.path_params["id"],
        "confidence": result["confidence"],
        "audio_duration": result["audio_duration"],
    }


def _chars_per_caption(request: Request) -> int | None:
    text = request.query_params.get("chars_per_caption")
    if text is None:
        return None
    if not text.isdecimal() or not int(text):
        raise ApiError(400, "chars_per_caption must be a positive number.")
    return int(text)


async def _read_json(request: Request) -> Any:
    try:
        return await read_json(request)
    except BodyTooLarge as exc:
        raise ApiError(413, "The request is too large.") from exc
    except ValueError as exc:
        raise errors.invalid_schema(NOT_JSON) from exc
