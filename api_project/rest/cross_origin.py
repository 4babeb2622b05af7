"""What scripts of other origins may send us and read of our answers. Imports nothing: settings read it."""

REQUEST_HEADERS = (
    "accept",
    "authorization",
    "content-disposition",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "if-range",
    "prefer",
    "range",
    "x-request-id",
)
# Without them a browser shows its script little more than Content-Type and Content-Length.
RESPONSE_HEADERS = (
    "Accept-Encoding",
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "Deprecation",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "WWW-Authenticate",
    "X-Request-ID",
)
