"""What the API's description tells of the callbacks that providers send us."""

from transcripts.webhook_secrets import HEADER_NAME
from webhooks.callbacks import Callback

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
        examples={"completed": {"transcript_id": _PROVIDER_ID, "status": "completed"}},
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
        examples={
            "ready": {
                "status": "redacted_audio_ready",
                "redacted_audio_url": "https://provider.example.com/redacted/9ea68fd3.mp3",
            }
        },
        headers=(_SECRET,),
        answers=_ANSWERS,
    ),
]
