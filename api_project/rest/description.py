"""The prose at the top of the API's description and of its parts. Imports nothing: settings read it."""

_DESCRIPTION = """\
Turns speech into text. Send audio, get an address to watch, fetch the text when it is there.

### The first minute

1. **Sign in.** On this page you are signed in if you are on the service's own pages. A program sends an API key:
   `Authorization: Bearer <key>`; `manage.py create_api_key USER` prints one. Press *Authorize* to use one here.
2. **Send audio** with *Transcribe audio* below. The answer is 202: the audio is stored, and `id` names the transcript.
3. **Watch it** with *Get a transcript* until `status` is `completed` or `error`.
4. **Read it** there, as plain text, or word by word.

```
curl -H "Authorization: Bearer $KEY" -F file=@speech.flac BASE_URL/api/v1/transcripts/
```

### Rules that hold everywhere

- Bodies and answers are JSON unless said otherwise. Unknown fields, options and parameters are refused by name.
- Ids are UUIDs that sort by time; times are RFC 3339 in UTC; what is not known is `null`.
- Lists come in pages `{next, previous, results}`, newest first; follow `next` until it is `null`.
- Everything belongs to a user. What belongs to somebody else is not there: 404.
- A key of scope `read` may only read; anything else it asks for is a 403.
- Errors are RFC 9457 problems (`application/problem+json`): `type` names the kind, `detail` says what happened,
  `errors` lists the fields at fault as `{field, code, detail}`, where a dot leads into structured fields, and
  `request_id` finds the request in the log. Send `X-Request-ID` to choose it.
- 503 and 409 come with `Retry-After` where waiting helps. Spaces for uploads are limited; a 503 says when to come back.
"""


def describe(base_url: str) -> str:
    """Return the prose with the address under which people reach the service."""
    return _DESCRIPTION.replace("BASE_URL", base_url)


# In the order in which they are met. Whoever adds an operation names one of these, or adds one.
TAGS = [
    {
        "name": "transcripts",
        "description": "From audio to text: send audio, watch it, find it again, change or delete it.",
    },
    {
        "name": "reading",
        "description": "What was said, in every form: plain text, words, sentences, speakers, subtitles.",
    },
    {"name": "audio", "description": "The audio itself: as it was sent, and without what was to be redacted."},
    {"name": "usage", "description": "What you have used of what you may use."},
    {"name": "keys", "description": "API keys: what programs sign in with."},
    {
        "name": "callbacks",
        "description": "What is sent unasked; clients call none of these. Each says who sends it, and to whom.",
    },
]
EXTERNAL_DOCS = {
    "url": "https://www.assemblyai.com/docs/api-reference/transcripts/submit",
    "description": "AssemblyAI's own reference, where every option is explained at length.",
}
# Relative, so that Swagger UI asks the very host that it was loaded from: our policy lets it ask no other.
SERVERS = [{"url": "/", "description": "The service that this description came from."}]
