"""What a transcript's record says about its redacted audio."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transcripts.models import RedactedAudio


class RedactedAudioErrorSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(RedactedAudio.ErrorCode.choices, source="error_code", help_text="Why, for programs.")
    message = serializers.CharField(source="error_message", help_text="Why, for people.")


class RedactedAudioSerializer(serializers.Serializer[Any]):
    """The audio without personal data; `redacted-audio/` sends it once its status is `stored`."""

    status = serializers.ChoiceField(
        RedactedAudio.Status.choices,
        help_text="`pending`: being made and fetched; `stored`: there; `failed`: there will be none.",
    )
    size = serializers.IntegerField(allow_null=True, help_text="Bytes; null until `stored`.")
    content_type = serializers.SerializerMethodField(help_text="As its first bytes tell; null until `stored`.")
    sha256 = serializers.SerializerMethodField(help_text="In hex; null until `stored`.")
    error = serializers.SerializerMethodField(help_text="Why the status is `failed`; else null.")

    def get_content_type(self, redacted: RedactedAudio) -> str | None:
        return redacted.content_type or None

    def get_sha256(self, redacted: RedactedAudio) -> str | None:
        return redacted.sha256 or None

    @extend_schema_field(RedactedAudioErrorSerializer(allow_null=True))
    def get_error(self, redacted: RedactedAudio) -> dict[str, Any] | None:
        return dict(RedactedAudioErrorSerializer(redacted).data) if redacted.error_code else None
