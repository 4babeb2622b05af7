"""Why a request under a key is not answered with what it asks for."""

from api_project.rest.exceptions import RestProblem

RETRY_AFTER_SECONDS = "3"


class IdempotencyInProgress(RestProblem, problem="idempotency-in-progress"):
    """Another request under this Idempotency-Key is in progress; ask again under the same key."""

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": RETRY_AFTER_SECONDS})


class IdempotencyKeyReused(RestProblem, problem="idempotency-key-reused"):
    """This Idempotency-Key was used before, for something else; give each request a key of its own."""
