"""What a page answers when something breaks: the same status and sentence as the API, on a page of its own."""

import sys
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.template import loader

from api_project.rest.exception_handler import handle_exception

TITLES: Mapping[int, str] = {503: "The service cannot answer now", 507: "There is no room left"}


def failure_page(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nothing else has answered, wherever it arose; Django's `handler500`.

    Such as a session that cannot be stored: the middleware around it sees no exception any more, only this answer.
    Under /api/ `ProblemMiddleware` makes a problem of it.
    """
    exc = sys.exc_info()[1]
    problem = handle_exception(exc, {}) if isinstance(exc, Exception) else None
    status = problem.status_code if problem is not None and problem.status_code in TITLES else 500
    # Without the request: whoever is signed in stands in the database, which may be what is broken.
    page = loader.render_to_string("500.html", {"title": TITLES.get(status)})
    response = HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
    if problem is not None and "Retry-After" in problem:
        response["Retry-After"] = problem["Retry-After"]
    return response
