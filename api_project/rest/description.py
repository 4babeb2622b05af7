"""The prose at the top of the API's description and of its parts. Imports nothing: settings read it."""

_DESCRIPTION = """\
Turns speech into text. Send audio, get an address to watch, fetch the text when it is there.

### The first minute

1. **Sign in.** On this page: [sign in](/sign-in/?next=/api/docs/) and everything below works as it is, or press
   *Authorize* and paste an API key. A program sends the key with each request: `Authorization: Bearer <key>`. The
   [page of API keys](/api-keys/) makes one, and so does
   `.venv/bin/python manage.py create_api_key USER`, run where the service is and with its `DATA_DIR`.
2. **Send audio.** Open *Transcribe audio* below, choose a file (`docs/examples/hello.wav` comes with the service) and
   press *Execute*. The answer is 202: the audio is safely stored. Copy its `id`.
3. **Watch it.** Open *Get a transcript*, paste the `id`, and execute until `status` is `completed` or `error`. Put
   `wait=60` into `Prefer`, and the answer comes when there is something new to see.
4. **Read it.** The whole `text` is there; the parts under *reading* give it as plain text, word by word, in sentences,
   by speaker, or as subtitles.

The same from a terminal:

```
curl -H "Authorization: Bearer $KEY" -F file=@docs/examples/hello.wav BASE_URL/api/v1/transcripts/
curl -H "Authorization: Bearer $KEY" -H "Prefer: wait=60" BASE_URL/api/v1/transcripts/$ID/
curl -H "Authorization: Bearer $KEY" BASE_URL/api/v1/transcripts/$ID/txt/
```

### Being told, instead of asking

1. **Say where.** Open *Make a webhook endpoint*, put an address of yours into `url`, and press *Execute*. The answer
   has the `secret` that signs what is sent there, this once. Without a program of your own start
   `docs/examples/receiver.py` where the service is: it makes an endpoint for itself and prints what it verified.
2. **Try it.** Open *Send an endpoint a test*, paste the endpoint's `id`: a signed `ping` arrives.
3. **Send audio**, as above. When the transcript has ended, a signed `transcript.completed` or `transcript.error`
   arrives. What failed is sent again for three days; *List deliveries* shows what arrived and why something did not.

```
curl -H "Authorization: Bearer $KEY" --json '{"url": "https://hooks.example.com/"}' BASE_URL/api/v1/webhook-endpoints/
curl -H "Authorization: Bearer $KEY" -X POST BASE_URL/api/v1/webhook-endpoints/$ENDPOINT/ping/
```

A transcript may name whom to tell: `webhook_endpoints` are told instead of all that want to know, and a `webhook_url`
besides them, signed with your default secret (*Make or rotate the default secret*). Every event, with what it holds at
each level and what answers to it mean, stands under *Webhooks* at the end of this page; `docs/receiving-webhooks.md`
tells how to verify one. Whoever cannot be called reads the same events with *List events, or follow them*.

### Rules that hold everywhere

- Bodies and answers are JSON unless said otherwise. Unknown fields, options and parameters are refused by name.
- Ids are UUIDs that sort by time; times are RFC 3339 in UTC; what is not known is `null`.
- Everything belongs to a user. What belongs to somebody else is not there: 404.
- A key of scope `read` may only read; anything else it asks for is a 403.

**Errors** are RFC 9457 problems (`application/problem+json`): `type` names the kind and is the address of
[a page about it](/api/problems/), `detail` says what happened, `errors` lists the fields at fault as
`{field, code, detail}`, where a dot leads into structured fields, and `request_id` finds the request in the log (one
that was answered as wished leaves a line only where it made, tried again or deleted a transcript). Send `X-Request-ID`
to choose it. A method that an address does not answer to is a 405, whose `Allow` lists those that it does.
What may pass (409, 429, 503) comes with `Retry-After`, in seconds, where waiting helps.

**Sent twice, made once.** *Transcribe audio* heeds an `Idempotency-Key`: a request whose answer was lost may be sent
again under the same key; what it makes is made once, and the answer is what has become of it. The same key with other
content is refused. All other operations that change something refuse the header with 400, so that nobody relies on it.
Changing, deleting and revoking may be repeated as they are; a retry that arrived before is a 409 the second time; an
API key or a webhook endpoint whose answer was lost is found in the list, to be revoked or deleted.

**Waiting.** `Prefer: wait=N` holds an answer back until the transcript has ended, for N seconds at most. Nobody has to
wait: asking now and then costs little, and less with `If-None-Match`.

**Versions.** A transcript, whatever is read of it, and a webhook endpoint carry an `ETag`. With that as
`If-None-Match`, an unchanged thing is an empty 304. With its own as `If-Match`, a transcript is changed, deleted or
tried again, and an endpoint changed or deleted, only in the version that you have seen; else the answer is 412. All
other operations that change something refuse both headers with 400, so that nobody relies on them.

**Pages.** Lists are `{next, previous, results}`, newest first, `limit` at a time. Follow `next` until it is `null`;
what is added meanwhile shifts nothing. `search` looks through titles and texts; what was found by its
title alone has no mark in its `excerpt`, nor have the last of very many long texts.

**Limits.** `RateLimit` tells how many requests a key has left; beyond them comes 429. *See what you have used* tells of
storage and minutes too; beyond those comes 403 with the type `over-budget`. Places for uploads are few; a 503 says when
to come back.
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
    {
        "name": "webhook endpoints",
        "description": "Where you want to be told what happens, and what signs it.",
    },
    {"name": "events", "description": "What happened, to be asked for by whoever is not called, or missed it."},
    {"name": "deliveries", "description": "What was and what was not delivered of it, why, and having it sent again."},
    {"name": "usage", "description": "What you have used of what you may use."},
    {"name": "keys", "description": "API keys: what programs sign in with."},
    {"name": "index", "description": "Where everything begins."},
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
