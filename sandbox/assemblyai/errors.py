"""AssemblyAI's errors: a status and `{"error": "…"}`."""

from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse


class ApiError(Exception):
    """A request is refused."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def unauthorized() -> ApiError:
    return ApiError(401, "Authentication error, API token missing/invalid")


def not_found() -> ApiError:
    # Not 404: this is how the real one answers for an id that it does not know.
    return ApiError(400, "Transcript lookup error, transcript id not found")


def invalid_schema(detail: str) -> ApiError:
    """Refuse a body in AssemblyAI's words, and say which field it is, which AssemblyAI leaves to the reader."""
    return ApiError(400, f"Invalid endpoint schema, please refer to documentation for examples. {detail}")


async def answer_api_error(_request: Request, exc: Exception) -> JSONResponse:
    refused = cast(ApiError, exc)
    return JSONResponse({"error": refused.message}, refused.status, refused.headers)


async def answer_http_error(_request: Request, exc: Exception) -> JSONResponse:
    """Unknown paths and methods, which Starlette would answer in plain text."""
    refused = cast(HTTPException, exc)
    return JSONResponse({"error": refused.detail}, refused.status_code, refused.headers)


async def answer_crash(_request: Request, _exc: Exception) -> JSONResponse:
    return JSONResponse({"error": "Internal server error"}, 500)
