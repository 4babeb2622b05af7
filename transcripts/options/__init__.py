"""The options a client may give: an allow-list of AssemblyAI's, by name and by type, each kept and sent as it is given.

Never `webhook_*` or `audio_url`: with those a client could turn our webhook away. Models, languages, policies and
domains change by date, so the provider is the judge of their values.
API: https://www.assemblyai.com/docs/api-reference/transcripts/submit
"""

from api_project.rest.strict_objects import MOST_UNKNOWN
from transcripts.options.serializer import MAX_OPTIONS_BYTES, OptionsSerializer

__all__ = ["MAX_OPTIONS_BYTES", "MOST_UNKNOWN", "OptionsSerializer"]
