"""Errors that arise outside of the API's views, such as an unknown address, in the API's own shape."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api_project.rest.problems import MEDIA_TYPE, ProblemResponse, type_of_status

API_PREFIX = "/api/"
UNKNOWN_HOST = (
    "The Host of the request is none that this service answers to; its operator names those in ALLOWED_HOSTS."
)
DETAILS = {
    400: "The request is not acceptable.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not answer to that method.",
    413: "The body is too large.",
    500: "Something went wrong on our side; the log has it under the request id.",
    503: "The service cannot answer now; try again soon.",
}


class ProblemMiddleware:
    """Turn every error under /api/ that is not a problem yet into one; stands outside of whatever may fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(API_PREFIX):
            return response
        if _is_redirect_that_loses_the_body(request, response):
            return _as_problem(response, 404, "There is nothing at this address; addresses end with a slash.")
        if response.status_code < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return _as_problem(response, response.status_code, _detail(request, response.status_code))


def _detail(request: HttpRequest, status: int) -> str:
    if status == 400:
        try:
            request.get_host()
        except DisallowedHost:
            return UNKNOWN_HOST
    return ""


def _is_redirect_that_loses_the_body(request: HttpRequest, response: HttpResponseBase) -> bool:
    # Django redirects to the address with a slash even after a POST, which clients then repeat as a GET.
    return response.status_code == 301 and request.method not in {"GET", "HEAD"} and not request.path.endswith("/")


def _as_problem(response: HttpResponseBase, status: int, detail: str = "") -> HttpResponseBase:
    """Put a problem in place of the body; headers such as Allow, and what is to be closed with the answer, stay."""
    if not isinstance(response, HttpResponse):
        return response
    kind = type_of_status(status)
    problem = ProblemResponse(kind, detail or DETAILS.get(status, kind.explanation), status=status)
    response.status_code = status
    response.content = problem.content
    for name, value in problem.items():
        response[name] = value
    del response["Location"]
    return response
