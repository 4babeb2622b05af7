"""The headers that tell every client of the API where it stands, on whatever answer it gets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from api_project.rest.throttling.limits import POLICY_HEADER, STANDING_HEADER
from api_project.rest.throttling.throttle import present_limit, process_throttle, standing_of

API_PREFIX = "/api/v1/"


class RateLimitMiddleware:
    """Say the policy on every answer, and on those to requests that were counted how many more there may be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        limit = present_limit()
        if limit is None or not request.path_info.startswith(API_PREFIX):
            return response
        response[POLICY_HEADER] = limit.header
        if standing := standing_of(request):
            response[STANDING_HEADER] = standing.header(process_throttle().clock())
        return response
