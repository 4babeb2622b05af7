"""What the API's description says about narrowing and searching the list."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from transcripts.finding.parameters import NEWEST, ORDERS
from transcripts.finding.questions import LONGEST_QUESTION
from transcripts.models import Source, Status

_TIME: dict[str, Any] = {"type": "string", "format": "date-time", "examples": ["2026-11-22T17:00:00Z"]}
_STATUS = f"({'|'.join(Status.values)})"

PROSE = (
    "All your transcripts, newest first, in pages: follow `next` until it is null. What is given narrows the list, and "
    "all of it must hold; a cursor belongs to the parameters that it was given with.\n\n"
    "`search` looks through titles and texts. Words must all be there, in any order; case and accents do not count. "
    '`"words in quotes"` must stand in this order, `or` parts alternatives, and `-` before a word or quotes leaves out '
    "what has them. Words are whole: there are no endings and no wildcards. In scripts without spaces every character "
    "is a word, and those written together must stand together. In a text with tens of thousands of different words "
    "the last of them may not be found. `excerpt` is always safe HTML: the text in it is escaped. With `search` it "
    "shows the hits in the text between `<mark>` and `</mark>`; what was found by its title alone "
    "shows the beginning of the text, without marks, and so do the last of very many long texts.\n\n"
    "The newest come first here too, unless `order=relevance` is given: then of the newest 1,000 that were found those "
    "with hits in the title come first, and among equals those with more hits. Pages read within a minute mostly "
    "belong to one ranking; later, what comes and goes meanwhile may move between them.\n\n"
    "Nearly every search takes some milliseconds, however much is stored. One that takes longer than three seconds, "
    "like a phrase of frequent words that seldom stand together, ends with 422 `search-too-slow`: narrow it by "
    "`created_after`, `created_before` or rarer words."
)
PARAMETERS = [
    OpenApiParameter(
        "status",
        {"type": "string", "pattern": f"^{_STATUS}(,{_STATUS})*$", "examples": ["queued,processing"]},
        description="Only with this status, or one of these, parted by commas.",
    ),
    OpenApiParameter("source", {"type": "string", "enum": Source.values}, description="Only from here."),
    OpenApiParameter(
        "call",
        {"type": "string", "format": "uuid", "examples": ["0193fe2a-5a11-7c3e-8f8e-2b9d4c7a1e60"]},
        description="Only of this call.",
    ),
    OpenApiParameter("created_after", _TIME, description="Only those created then or later."),
    OpenApiParameter("created_before", _TIME, description="Only those created earlier."),
    OpenApiParameter(
        "search",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_QUESTION, "examples": ['invoice "next week" -draft']},
        description="Only those in whose title and text this is found.",
    ),
    OpenApiParameter(
        "order",
        {"type": "string", "enum": list(ORDERS), "default": NEWEST},
        description="What comes first; `relevance` only with `search`.",
    ),
]
