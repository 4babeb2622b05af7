"""What the API's description tells under `webhooks`: callbacks, one entry of a table for each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transcripts.webhook_secrets import HEADER_NAME

TAG = "callbacks"
_JSON = "application/json"
_RECEIVED = (
    "AssemblyAI, or the sandbox in its place, sends this to the service itself, at an address that the service named "
    "when it submitted the audio: `/webhooks/assemblyai/{transcript id}/{submission number}/`. **Clients of this API "
    "need not implement it**; it is told for whoever runs the service, or lets a firewall or proxy stand before it."
)
_ANSWERS = {
    "204": "Stored, or stored already, or kept as of no account; nothing more is awaited.",
    "400": "The body ended before its Content-Length.",
    "403": "The secret is not the one of this submission; nothing is stored.",
    "411": "The callback has no Content-Length.",
    "413": "The body is longer than `MAX_WEBHOOK_BYTES`.",
    "503": "It could not be stored; send it again.",
}


@dataclass(frozen=True)
class Callback:
    """A request that comes unasked: who sends it, what it tells, and what each answer to it means."""

    name: str
    summary: str
    description: str
    component: str
    schema: Mapping[str, Any]
    example: Mapping[str, Any]
    headers: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, str]

    def operation(self) -> dict[str, Any]:
        """Return it as an operation of OpenAPI."""
        schema = {"$ref": f"#/components/schemas/{self.component}"}
        return {
            "operationId": self.name,
            "summary": self.summary,
            "description": self.description,
            "tags": [TAG],
            # The header below is all there is to it.
            "security": [],
            "parameters": [{"in": "header", **header} for header in self.headers],
            "requestBody": {"required": True, "content": {_JSON: {"schema": schema, "example": dict(self.example)}}},
            "responses": {status: {"description": meaning} for status, meaning in self.answers.items()},
        }


_SECRET = {
    "name": HEADER_NAME,
    "required": True,
    "description": "The secret of this one submission, as the service gave it when it submitted; compared first.",
    "schema": {"type": "string"},
    "example": "5d0d2f3c9a7be1d84c6f0b9e2a7713c5d0d2f3c9a7be1d84c6f0b9e2a7713c51",
}
_PROVIDER_ID = "9ea68fd3-f953-42c1-9742-976c447fb463"

CALLBACKS = [
    Callback(
        name="assemblyai_transcript_ended",
        summary="AssemblyAI has ended a transcript",
        description=(
            f"{_RECEIVED}\n\nIt is a hint and nothing more: the result is fetched from AssemblyAI afterwards, and the "
            "same callback may come more than once."
        ),
        component="AssemblyAITranscriptEnded",
        schema={
            "type": "object",
            "description": "Which of AssemblyAI's transcripts has ended, and how.",
            "properties": {
                "transcript_id": {"type": "string", "description": "AssemblyAI's own id; here it is `provider_id`."},
                "status": {"type": "string", "enum": ["completed", "error"], "description": "How it ended."},
            },
            "required": ["transcript_id", "status"],
        },
        example={"transcript_id": _PROVIDER_ID, "status": "completed"},
        headers=(_SECRET,),
        answers=_ANSWERS,
    ),
    Callback(
        name="assemblyai_redacted_audio_ready",
        summary="AssemblyAI has the redacted audio ready",
        description=(
            f"{_RECEIVED}\n\nIt names no transcript, so its address tells which one is meant, and its link is not "
            "followed: the service asks AssemblyAI for the audio itself."
        ),
        component="AssemblyAIRedactedAudioReady",
        schema={
            "type": "object",
            "description": "That the audio without what was to be redacted can be fetched.",
            "properties": {
                "status": {"type": "string", "const": "redacted_audio_ready", "description": "Always this."},
                "redacted_audio_url": {
                    "type": "string",
                    "format": "uri",
                    "description": "Where it is, for a short time; not used.",
                },
            },
            "required": ["status", "redacted_audio_url"],
        },
        example={
            "status": "redacted_audio_ready",
            "redacted_audio_url": "https://provider.example.com/redacted/9ea68fd3.mp3",
        },
        headers=(_SECRET,),
        answers=_ANSWERS,
    ),
]


def add_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add every callback of the table to the description."""
    schemas = result["components"]["schemas"]
    schemas.update({callback.component: dict(callback.schema) for callback in CALLBACKS})
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    result["webhooks"] = {callback.name: {"post": callback.operation()} for callback in CALLBACKS}
    return result
