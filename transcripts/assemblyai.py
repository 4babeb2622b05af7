"""Calls to AssemblyAI, through its official SDK. The sandbox speaks the same protocol; only the address differs.

One client per use: the SDK's default client is process-wide, and its pooled sockets do not survive a fork. The SDK's
`get_by_id` and `delete_by_id` block until the job has ended, so its request functions are called instead; a result,
which may be long, is fetched with the SDK's client and read by us.
API: https://www.assemblyai.com/docs/api-reference
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, Any, NoReturn, cast

import assemblyai
import httpx
from assemblyai.prerecorded.v2 import api
from django.conf import settings
from django.utils import timezone

from transcripts.assemblyai_document import ListPage, ProviderTranscript
from transcripts.exceptions import ProviderCredentials, ProviderNotFound, ProviderRejected, ProviderUnavailable

logger = logging.getLogger(__name__)

# AssemblyAI keeps an upload for at least 24 h; the rest is time for the job to begin.
UPLOAD_GOOD_FOR = timedelta(hours=20)
# What AssemblyAI leaves in place of a deleted transcript's audio_url.
DELETED = "http://deleted_by_user"
LIST_PAGE = 200
LIST_PAGES_AT_MOST = 25

CREDENTIAL_STATUSES = (401, 402, 403)
# A connection that was never made: the request cannot have had any effect.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class Webhook:
    """Where AssemblyAI reports the end of a job, and the one header it sends along."""

    url: str
    header_name: str
    header_value: str


def upload_audio(file: IO[bytes]) -> str:
    """Stream a file to AssemblyAI and return the address it can be submitted under for `UPLOAD_GOOD_FOR`."""
    with _client() as client:
        transcriber = assemblyai.Transcriber(client=client)
        return _required(_ask(client, lambda: transcriber.upload_file(cast(Any, file))), "upload_url")


@dataclass(frozen=True)
class _Request:
    """A submission, as the SDK's request function wants it.

    The SDK's own model refuses values that are newer than it is, leaves out names that it does not know and what is
    false, and adds defaults of its own. What a client gave is sent to the letter.
    """

    body: dict[str, Any]

    @property
    def audio_url(self) -> str:
        return str(self.body["audio_url"])

    def dict(self, **_how: Any) -> dict[str, Any]:
        return self.body


def submit_transcript(audio_url: str, options: dict[str, Any], webhook: Webhook | None) -> str:
    """Begin a job and return its id. Not idempotent: each call that arrives makes a job."""
    config = assemblyai.TranscriptionConfig()
    if webhook:
        config.set_webhook(webhook.url, webhook.header_name, webhook.header_value)
    ours = {"audio_url": audio_url, **config.raw.model_dump(exclude_none=True)}
    request = _Request({"speech_models": settings.ASSEMBLYAI_SPEECH_MODELS, **options, **ours})
    with _client() as client:
        return _required(_ask(client, lambda: api.create_transcript(client.http_client, cast(Any, request))), "id")


def fetch_transcript(provider_id: str) -> ProviderTranscript:
    """Ask once for a job. Raises `ProviderNotFound` when AssemblyAI does not know it, or no longer has it."""
    try:
        with _client() as client:
            answer = _ask(client, lambda: _get(client, f"{api.ENDPOINT_TRANSCRIPT}/{provider_id}"))
    except ProviderRejected as exc:
        # There is nothing in this request but the id; an unknown one has been seen answered with 400 and with 404.
        raise ProviderNotFound(str(exc), status_code=exc.status_code) from exc
    if answer.document.get("audio_url") == DELETED:
        raise ProviderNotFound("The transcript was deleted at the provider.")
    return answer


def fetch_redacted_audio_url(provider_id: str) -> str | None:
    """Return where a job's redacted audio can be fetched for some minutes, or None while it is being made.

    Raises `ProviderNotFound` when AssemblyAI has none: no longer, or not of this job.
    """
    try:
        with _client() as client:
            answer = _ask(client, lambda: api.get_redacted_audio(client.http_client, provider_id))
    except ProviderRejected as exc:
        if exc.status_code == httpx.codes.ACCEPTED:
            return None
        raise ProviderNotFound(str(exc), status_code=exc.status_code) from exc
    return _required(answer, "redacted_audio_url")


def delete_transcript(provider_id: str) -> None:
    """Blank a job and its upload at AssemblyAI; one that is not there any more counts as deleted.

    Raises `ProviderRejected` when AssemblyAI will not delete it now, as while it is still being transcribed.
    """
    try:
        with _client() as client:
            _ask(client, lambda: api.delete_transcript(client.http_client, provider_id))
    except ProviderRejected:
        try:
            fetch_transcript(provider_id)
        except ProviderNotFound:
            return
        raise


def find_transcripts(audio_url: str, *, since: datetime) -> list[str]:
    """Return the ids of the jobs begun for `audio_url` after `since`, newest first.

    This is how a job is found whose id was lost with the process that began it. Lists are newest first, so the search
    ends at the first job older than `since`, and in any case after `LIST_PAGES_AT_MOST` pages.
    """
    found: list[str] = []
    parameters = assemblyai.ListTranscriptParameters(limit=LIST_PAGE)
    with _client() as client:
        for _ in range(LIST_PAGES_AT_MOST):
            page = ListPage(_ask(client, lambda: api.list_transcripts(client.http_client, parameters)).document)
            found += page.ids_for(audio_url)
            oldest, older = page.oldest, page.before_id
            if not older or oldest is None or oldest < since:
                return found
            parameters.before_id = older
    logger.warning("A lost job was not looked for any further.", extra={"action": "assemblyai.list_too_long"})
    return found


def _ask(client: assemblyai.Client, request: Callable[[], Any]) -> ProviderTranscript:
    """Make a request through the SDK and return what came back, whatever the SDK's own models think of it.

    They refuse values that are newer than they are, in a document that is perfectly good.
    """
    try:
        request()
    except (ValueError, TypeError, AttributeError, KeyError):
        if client.last_response is None or client.last_response.status_code != httpx.codes.OK:
            raise
    assert client.last_response is not None  # noqa: S101 - a request that was not answered has raised
    answer = ProviderTranscript(client.last_response.content)
    try:
        answer.document  # noqa: B018 - parsed here, where a failure is the provider's
    except (ValueError, RecursionError) as exc:
        # A proxy's page, or half an answer.
        raise ProviderUnavailable("AssemblyAI's answer could not be read.") from exc
    return answer


def _get(client: assemblyai.Client, path: str) -> None:
    """Ask with the SDK's client, and leave the reading to us.

    The SDK's `get_transcript` makes its models of the document: for ten hours of speech 190 MB more than parsing takes.
    """
    response = client.http_client.get(path)
    if response.status_code != httpx.codes.OK:
        raise assemblyai.TranscriptError("The job was not given.", response.status_code)


def _required(answer: ProviderTranscript, name: str) -> str:
    value = answer.document.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderUnavailable(f"AssemblyAI's answer has no {name}.")
    return value


@contextmanager
def _client() -> Iterator[assemblyai.Client]:
    """Open a client for one use, and turn whatever goes wrong in it into our exceptions."""
    try:
        client = assemblyai.Client(
            settings=assemblyai.Settings(
                api_key=settings.ASSEMBLYAI_API_KEY,
                base_url=settings.ASSEMBLYAI_BASE_URL,
                http_timeout=settings.ASSEMBLYAI_HTTP_TIMEOUT,
            )
        )
    except UnicodeEncodeError:
        # Not chained: the error quotes the key.
        raise ProviderCredentials("ASSEMBLYAI_API_KEY has a character that no key has.") from None
    try:
        yield client
    except assemblyai.AssemblyAIError as exc:
        _raise_ours(exc, client.last_response)
    except NOT_SENT as exc:
        raise ProviderUnavailable(f"AssemblyAI cannot be reached: {exc}", received=False) from exc
    except httpx.LocalProtocolError:
        # Not chained either: it quotes the header that cannot be sent.
        raise ProviderCredentials("ASSEMBLYAI_API_KEY has a character that no key has.") from None
    except httpx.HTTPError as exc:
        raise ProviderUnavailable(f"AssemblyAI did not answer ({type(exc).__name__}).") from exc
    finally:
        client.http_client.close()


def _raise_ours(exc: assemblyai.AssemblyAIError, response: httpx.Response | None) -> NoReturn:
    status = exc.status_code
    # Not the SDK's own words: they quote the audio's address.
    words = _providers_words(response) or "no reason given"
    if status in CREDENTIAL_STATUSES:
        raise ProviderCredentials(
            f"AssemblyAI refused our credentials ({status}): {words}", status_code=status
        ) from exc
    if status in (408, 429) or status is None or status >= 500:
        raise ProviderUnavailable(
            f"AssemblyAI failed ({status}): {words}",
            status_code=status,
            retry_after=_retry_after(response),
            received=status != 429,
        ) from exc
    raise ProviderRejected(words, status_code=status) from exc


def _providers_words(response: httpx.Response | None) -> str:
    try:
        return str(response.json()["error"]) if response is not None else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _retry_after(response: httpx.Response | None) -> timedelta | None:
    given = response.headers.get("retry-after", "") if response is not None else ""
    if given.isdecimal():
        return timedelta(seconds=int(given))
    try:
        return max(parsedate_to_datetime(given) - timezone.now(), timedelta())
    except (ValueError, TypeError):
        return None
