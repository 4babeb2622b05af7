"""What reading answers with; the shapes are AssemblyAI's."""

from typing import Any

from rest_framework import serializers


class WordSerializer(serializers.Serializer[Any]):
    """A word as AssemblyAI gives it; times are milliseconds from the beginning."""

    text = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    confidence = serializers.FloatField()
    speaker = serializers.CharField(allow_null=True, required=False)
    channel = serializers.CharField(allow_null=True, required=False)


class WordPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text="The page after this one.")
    previous = serializers.URLField(allow_null=True, help_text="The page before this one.")
    results = WordSerializer(many=True)
