"""How the API's description names the headers about requests that are left."""

from typing import Any

from api_project.rest.throttling.limits import POLICY_HEADER, STANDING_HEADER, Limit, Standing

_LIMIT = Limit(requests=1200, seconds=60)
_MORE = "See draft-ietf-httpapi-ratelimit-headers."

# By the name of the header: the name of its component, and what that says.
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    POLICY_HEADER: (
        "RateLimitPolicy",
        {
            "description": f"How many requests (`q`) an API key may make in how many seconds (`w`). {_MORE}",
            "schema": {"type": "string"},
            "example": _LIMIT.header,
        },
    ),
    STANDING_HEADER: (
        "RateLimit",
        {
            "description": (
                "How many requests are left (`r`), and in how many seconds there are all of them again (`t`). "
                f"Not on answers to requests that were not counted, such as those without a valid key. {_MORE}"
            ),
            "schema": {"type": "string"},
            "example": Standing(_LIMIT, used=1, ends=42).header(now=0),
        },
    ),
}
