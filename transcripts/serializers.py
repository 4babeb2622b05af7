"""What goes in and comes out over REST."""

import json
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import conditional_escape
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.strict_fields import StrictCharField, StrictNameField
from api_project.rest.strict_objects import StrictSerializer
from api_project.rest.uploads import ReceivedFile
from api_project.work.models import Alarm
from transcripts.destinations import DestinationFields
from transcripts.listening.selectors import transcript_redacted_audio
from transcripts.listening.serializers import RedactedAudioSerializer
from transcripts.models import ErrorCode, Source, Status, Transcript, WaitingFor
from transcripts.options import OptionsSerializer
from transcripts.selectors import provider_alarm, transcript_text, transcript_wait

MAX_TITLE = 200
MAX_URL = 2048
MAX_METADATA_BYTES = 16 * 1024


@extend_schema_field(OpenApiTypes.OBJECT)
class MetadataField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object of the client's own, kept and given back as it is."""

    default_error_messages = {
        "invalid": "This must be a JSON object.",
        "too_large": f"This may have up to {MAX_METADATA_BYTES} bytes as JSON.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_METADATA_BYTES:
            self.fail("too_large")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class AudioUrlField(StrictCharField):
    """An http or https address; whether something answers there is for the provider to find out."""

    default_error_messages = {
        "not_an_address": "This must be an http or https address.",
        "has_password": "An address is stored and shown, so it may not hold a user name or password.",
    }

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not url.isprintable() or " " in url:
            self.fail("not_an_address")
        if "@" in parts.netloc:
            self.fail("has_password")
        return url


@extend_schema_field(OpenApiTypes.BINARY)
class ReceivedFileField(serializers.Field[Any, Any, Any, Any]):
    """A file as the upload parsers give it."""

    default_error_messages = {"invalid": "Send the file as multipart/form-data, or as the body itself."}

    def to_internal_value(self, data: Any) -> ReceivedFile:
        if not isinstance(data, ReceivedFile):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        raise NotImplementedError


class _CommonFields(DestinationFields):
    options = OptionsSerializer(required=False, help_text="How to transcribe.")
    metadata = MetadataField(required=False, help_text="A JSON object of yours, kept and given back as it is.")
    title = StrictNameField(required=False, allow_blank=True, max_length=MAX_TITLE, help_text="A name for people.")


class TranscriptFromUrlSerializer(_CommonFields):
    """A transcript of audio that the provider fetches."""

    audio_url = AudioUrlField(max_length=MAX_URL, help_text="Where the audio is; http or https.")


class TranscriptFromFormSerializer(_CommonFields):
    """A transcript of an uploaded file; `options` and `metadata` are form fields that hold JSON."""

    file = ReceivedFileField(help_text="The audio or video.")


class TranscriptCreateSerializer(_CommonFields):
    """Any way to make a transcript. Unknown fields are refused by name."""

    file = ReceivedFileField(required=False)
    audio_url = AudioUrlField(required=False, max_length=MAX_URL)

    def allowed_names(self) -> list[str]:
        # JSON is the one body with unknown names in it that comes this far, and it carries no file.
        return [name for name in super().allowed_names() if name != "file"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "file" in attrs and "audio_url" in attrs:
            raise serializers.ValidationError({"audio_url": ["Give `file` or `audio_url`, not both."]}, code="conflict")
        if "file" not in attrs and "audio_url" not in attrs:
            raise serializers.ValidationError({"file": ["Give `file` or `audio_url`."]}, code="required")
        return attrs


class TranscriptUpdateSerializer(StrictSerializer):
    """What of a transcript can be changed; what is left out stays as it is."""

    unknown_name = "There is no such field, or it cannot be changed."

    title = StrictNameField(required=False, allow_blank=True, max_length=MAX_TITLE, help_text="A name for people.")
    metadata = MetadataField(required=False, help_text="Takes the place of the whole object that was there.")


class TranscriptFileSerializer(serializers.Serializer[Any]):
    """The file that was uploaded."""

    name = serializers.CharField(source="file_name", help_text="As the client named it.")
    size = serializers.IntegerField(source="file_size", help_text="Bytes.")
    content_type = serializers.CharField(source="file_content_type", help_text="As its first bytes tell.")
    sha256 = serializers.CharField(source="file_sha256", help_text="In hex.")


class TranscriptErrorSerializer(serializers.Serializer[Any]):
    """Why there is no text."""

    code = serializers.ChoiceField(ErrorCode.choices, source="error_code", help_text="Why, for programs.")
    message = serializers.CharField(source="error_message", help_text="Why, in the provider's words.")


class TranscriptWaitSerializer(serializers.Serializer[Any]):
    """What a transcript waits for before it goes on."""

    reason = serializers.ChoiceField(
        WaitingFor.choices,
        help_text="`credentials`: the operator must mend them; `provider`: it is down; `retry`: a try failed.",
    )
    until = serializers.DateTimeField(allow_null=True, help_text="When it is tried again.")


@extend_schema_field(OpenApiTypes.STR)
class _BlankIsNull(serializers.Field[str, str, str | None, str]):
    """What is not known yet is null, not an empty text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        return str(value) or None


@extend_schema_field(OptionsSerializer)
class _StoredOptionsField(serializers.Field[Any, Any, Any, Any]):
    """Options as they were checked when they came in, which need not be what is allowed today."""

    def to_representation(self, value: Any) -> Any:
        return value


class _RecordSerializer(serializers.Serializer[Any]):
    """What details and lists share."""

    id = serializers.UUIDField(help_text="Names the transcript; ids sort by time.")
    status = serializers.ChoiceField(Status.choices, help_text="`completed` and `error` are the end.")
    title = serializers.CharField(help_text="A name for people, as given; may be empty.")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        Source.choices, help_text="Where the audio came from."
    )
    file = serializers.SerializerMethodField(help_text="The uploaded file; null when there is none.")
    audio_url = _BlankIsNull(help_text="Where the provider fetches the audio, for source `url`.")
    options = _StoredOptionsField(help_text="As given.")
    metadata = MetadataField(help_text="As given.")
    webhook_endpoints = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, help_text="As given; null: all that want to know are told."
    )
    webhook_url = _BlankIsNull(help_text="As given.")
    confidence = serializers.FloatField(allow_null=True, help_text="From 0 to 1; null where nothing was said.")
    language_code = _BlankIsNull(help_text="The language that was spoken.")
    audio_duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    speech_model_used = _BlankIsNull(help_text="Which of the `speech_models` it was.")
    warnings = serializers.ListField(child=serializers.CharField(), help_text="What the provider could not honour.")
    error = serializers.SerializerMethodField(help_text="Why the status is `error`; else null.")
    provider_id = _BlankIsNull(help_text="The transcript's id at the provider.")
    call = serializers.UUIDField(source="call_id", allow_null=True, help_text="The call that this is of.")
    recording = serializers.UUIDField(
        source="recording_id", allow_null=True, help_text="The recording that this is of."
    )
    progress = serializers.IntegerField(allow_null=True, help_text="Percent, where the provider tells.")
    waiting_for = serializers.SerializerMethodField(help_text="Why a `queued` one does not go on; else null.")
    created_at = serializers.DateTimeField(help_text="When it was accepted.")
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="When the provider took it.")
    completed_at = serializers.DateTimeField(allow_null=True, help_text="When it became `completed` or `error`.")

    @extend_schema_field(TranscriptFileSerializer(allow_null=True))
    def get_file(self, transcript: Transcript) -> dict[str, Any] | None:
        return dict(TranscriptFileSerializer(transcript).data) if transcript.source != Source.URL else None

    @extend_schema_field(TranscriptErrorSerializer(allow_null=True))
    def get_error(self, transcript: Transcript) -> dict[str, Any] | None:
        return dict(TranscriptErrorSerializer(transcript).data) if transcript.error_code else None

    @extend_schema_field(TranscriptWaitSerializer(allow_null=True))
    def get_waiting_for(self, transcript: Transcript) -> dict[str, Any] | None:
        wait = transcript_wait(transcript, self._alarm) if transcript.status == Status.QUEUED else None
        return dict(TranscriptWaitSerializer(wait).data) if wait else None

    @cached_property
    def _alarm(self) -> Alarm | None:
        # Asked once for a whole page, and only when something on it may wait.
        return provider_alarm()


class TranscriptSerializer(_RecordSerializer):
    """A transcript, with its whole text."""

    text = serializers.SerializerMethodField(help_text="What was said; null until `completed`.")
    redacted_audio = serializers.SerializerMethodField(
        help_text="The audio without personal data; null until `completed`, and without the option `redact_pii_audio`."
    )

    def get_text(self, transcript: Transcript) -> str | None:
        return transcript_text(transcript)

    @extend_schema_field(RedactedAudioSerializer(allow_null=True))
    def get_redacted_audio(self, transcript: Transcript) -> dict[str, Any] | None:
        redacted = transcript_redacted_audio(transcript)
        return dict(RedactedAudioSerializer(redacted).data) if redacted else None


class _ExcerptField(serializers.CharField):
    """Plain text as it is stored, or HTML as the search leaves it; always given out as HTML."""

    def to_representation(self, value: Any) -> str:
        # A plain str for JSON: what is safe already is left as it is.
        return str(conditional_escape(value))


class TranscriptItemSerializer(_RecordSerializer):
    """A transcript in a list, with the beginning of its text."""

    excerpt = _ExcerptField(
        help_text="The beginning of the text, empty until `completed`; with `search` a piece around the first hit in "
        "the text, hits in `<mark>`. Always safe HTML: the text is escaped (`&lt;`), so unescape it to have it plain."
    )
