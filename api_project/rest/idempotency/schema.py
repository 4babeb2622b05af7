"""How the description of a creating operation tells of Idempotency-Key."""

from drf_spectacular.utils import OpenApiParameter

from api_project.rest.idempotency.keys import HEADER

# Beside those of the operation: in progress, gone, used for something else.
PROBLEMS = (409, 410, 422)

# What is taken, but for spaces at the ends, which are dropped, and backslashes inside quotes.
PATTERN = r'^([!#-+\--~]([ -+\--~]{0,253}[!-+\--~])?|"[ !#-\[\]-~]{1,255}")$'
PROSE = (
    "So that a request can be repeated when its answer got lost, send an `Idempotency-Key` that is new for each thing "
    "to be made: the same request under the same key makes nothing twice."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    # Not an example of the parameter: Swagger UI would send it, and the same one each time.
    {"type": "string", "pattern": PATTERN, "examples": ["8e03978e-40d5-43dd-bc93-6894a57f9324"]},
    OpenApiParameter.HEADER,
    description=(
        "A name of your own for this request, such as a new UUID: 1 to 255 printable ASCII characters, plain or as a "
        "quoted string; one with commas must be quoted. Sent again under the same key within 24 hours, or as many as "
        "the operator has set (`IDEMPOTENCY_KEYS_KEPT`), the request is answered with what the first one made, as it "
        "is by then, and with `Idempotent-Replayed: true`. While the first one is in progress the answer is 409; "
        "another content under the same key is 422; 410 when what was made has been deleted since. A request that "
        "failed frees its key. Keys are your user's: all API keys of yours share them. What counts is what is asked "
        "for, not how it is sent: the same file under the same name with the same fields may come as a form or as a "
        "bare body."
    ),
)
IDEMPOTENT_REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    {"type": "string", "const": "true"},
    OpenApiParameter.HEADER,
    response=[202],
    description="There when an earlier request under this key made what is answered.",
)
PARAMETERS = [IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED]
