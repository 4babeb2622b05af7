"""What reading answers with; the shapes are AssemblyAI's."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


class WordSerializer(serializers.Serializer[Any]):
    """A word; times are milliseconds from the beginning."""

    text = serializers.CharField(help_text="As it is written, with its punctuation.")
    start = serializers.IntegerField(help_text="Milliseconds.")
    end = serializers.IntegerField(help_text="Milliseconds; never before `start`.")
    confidence = serializers.FloatField(allow_null=True, help_text="From 0 to 1.")
    speaker = serializers.CharField(allow_null=True, help_text="With the option `speaker_labels` or `multichannel`.")
    channel = serializers.CharField(allow_null=True, help_text='From "1"; with the option `multichannel`.')


class WordPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text="The page after this one.")
    previous = serializers.URLField(allow_null=True, help_text="The page before this one.")
    results = WordSerializer(many=True, help_text="The words of this page.")


class SectionSerializer(WordSerializer):
    """A run of words of one speaker; `confidence` is their mean."""

    text = serializers.CharField(help_text="The words, with a space between each.")
    words = WordSerializer(many=True, help_text="In the order in which they were said.")


class _SectionsSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The transcript's.")
    confidence = serializers.FloatField(allow_null=True, help_text="Of the whole transcript, from 0 to 1.")
    audio_duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")


@extend_schema_serializer(component_name="TranscriptSentences")
class SentencesSerializer(_SectionsSerializer):
    """All sentences of a transcript."""

    sentences = SectionSerializer(many=True, help_text="In the order in which they begin.")


@extend_schema_serializer(component_name="TranscriptParagraphs")
class ParagraphsSerializer(_SectionsSerializer):
    """All paragraphs of a transcript."""

    paragraphs = SectionSerializer(many=True, help_text="In the order in which they begin.")


@extend_schema_serializer(component_name="TranscriptUtterances")
class UtterancesSerializer(_SectionsSerializer):
    """All utterances of a transcript."""

    utterances = SectionSerializer(many=True, help_text="In the order of the provider.")


class WordMatchSerializer(serializers.Serializer[Any]):
    """Every place of one word or phrase."""

    text = serializers.CharField(help_text="As it was asked for.")
    count = serializers.IntegerField(help_text="How often it was said.")
    timestamps = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="`[start, end]` of each, in milliseconds.",
    )
    indexes = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Where the first word of each stands among all words of the transcript, counted from 0.",
    )


class WordSearchSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The transcript's.")
    total_count = serializers.IntegerField(help_text="The sum of all `count`.")
    matches = WordMatchSerializer(many=True, help_text="What was found, in the order of the question.")
