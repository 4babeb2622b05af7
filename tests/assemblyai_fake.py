"""AssemblyAI at the wire: answers the SDK's requests in this process, and fails in the ways the real one can."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
from django.utils import timezone

UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass
class FakeAssemblyAI:
    """Jobs and uploads by id, and what goes wrong next."""

    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    # Where the redacted audio of a job is, once it is made.
    redacted: dict[str, str] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    failures: deque[httpx.Response | Exception] = field(default_factory=deque)
    lose_next_answer: bool = False
    # The list shows no job, or none that is younger than this.
    list_lags: bool = False
    list_lags_by: timedelta = timedelta()
    made_at: dict[str, datetime] = field(default_factory=dict)
    clock_is_behind: timedelta = timedelta()

    def fail_next(self, status: int, error: str = "no", **headers: str) -> None:
        self.failures.append(httpx.Response(status, json={"error": error}, headers=headers))

    def break_next(self, error: Exception) -> None:
        self.failures.append(error)

    def complete(self, job_id: str, text: str = "Hello world.", **more: Any) -> None:
        words = [
            {"text": word, "start": n * 500, "end": n * 500 + 400, "confidence": 0.9, "speaker": None, "channel": None}
            for n, word in enumerate(text.split())
        ]
        self.jobs[job_id] |= {"status": "completed", "text": text, "words": words, "audio_duration": 3, **more}

    def fail(self, job_id: str, error: str) -> None:
        self.jobs[job_id] |= {"status": "error", "error": error}

    @property
    def only_job(self) -> dict[str, Any]:
        (job,) = self.jobs.values()
        return job

    def handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if self.failures:
            failure = self.failures.popleft()
            if isinstance(failure, Exception):
                raise failure
            failure.request = request
            return failure
        response = self._answer(request.method, request.url.path, request)
        response.request = request
        return response

    def _answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
        if path == "/v2/upload":
            url = f"https://cdn.assemblyai.com/upload/{len(self.requests)}"
            self.uploads[url] = request.content
            return httpx.Response(200, json={"upload_url": url})
        if path == "/v2/transcript":
            return self._create(request) if method == "POST" else self._list(request)
        job_id, _, part = path.removeprefix("/v2/transcript/").partition("/")
        if job_id not in self.jobs:
            return httpx.Response(404, json={"error": "Transcript lookup error, transcript id not found"})
        if part == "redacted-audio":
            return self._redacted_audio(job_id)
        if method == "DELETE":
            job = self.jobs.pop(job_id)
            # As the real one does: the upload goes with the job, whoever else was submitted with it.
            self.uploads.pop(job["audio_url"], None)
            return httpx.Response(200, json=job | {"audio_url": "http://deleted_by_user"})
        return httpx.Response(200, content=json.dumps(self.jobs[job_id]))

    def _redacted_audio(self, job_id: str) -> httpx.Response:
        if not self.jobs[job_id].get("redact_pii_audio"):
            return httpx.Response(400, json={"error": "redacted audio not available for this transcript"})
        if job_id not in self.redacted:
            return httpx.Response(202, json={})
        found = {"status": "redacted_audio_ready", "redacted_audio_url": self.redacted[job_id]}
        return httpx.Response(200, json=found)

    def _create(self, request: httpx.Request) -> httpx.Response:
        job_id = f"job-{len(self.requests)}"
        created = (datetime.now(UTC) - self.clock_is_behind).replace(tzinfo=None).isoformat()
        self.jobs[job_id] = {"id": job_id, "status": "queued", "created": created, **json.loads(request.content)}
        self.made_at[job_id] = timezone.now()
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise httpx.ReadTimeout("The read operation timed out", request=request)
        return httpx.Response(200, json=self.jobs[job_id])

    def _is_listed(self, job_id: str) -> bool:
        return not self.list_lags and timezone.now() - self.made_at.get(job_id, UNKNOWN) >= self.list_lags_by

    def _list(self, request: httpx.Request) -> httpx.Response:
        ids = [job_id for job_id in reversed(self.jobs) if self._is_listed(job_id)]
        query = parse_qs(request.url.query.decode())
        before = query.get("before_id", [""])[0]
        ids = ids[ids.index(before) + 1 :] if before else ids
        limit = int(query.get("limit", ["10"])[0])
        items = [
            {
                "id": job_id,
                "status": self.jobs[job_id]["status"],
                "audio_url": self.jobs[job_id]["audio_url"],
                "created": self.jobs[job_id]["created"],
                "completed": None,
                "error": None,
                "resource_url": f"https://api.assemblyai.com/v2/transcript/{job_id}",
            }
            for job_id in ids[:limit]
        ]
        older = f"https://api.assemblyai.com/v2/transcript?before_id={ids[limit - 1]}" if len(ids) > limit else None
        details = {"limit": limit, "result_count": len(items), "current_url": str(request.url), "prev_url": older}
        return httpx.Response(200, json={"page_details": {**details, "next_url": None}, "transcripts": items})
