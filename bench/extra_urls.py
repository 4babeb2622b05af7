"""The project's addresses and what they are measured beside, in the same web server behind the same middleware."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.views import RestView
from api_project.urls import urlpatterns as project

INSERT = "INSERT INTO bench_bare (body) VALUES (%s)"


@csrf_exempt
def insert_bare(request: HttpRequest) -> HttpResponse:
    """Commit one row with the body, and do nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [request.read().decode()])
    return HttpResponse(status=204)


def answer_empty(request: HttpRequest) -> HttpResponse:
    """Do nothing."""
    return HttpResponse()


class EmptyRestView(RestView[Any]):
    """Does nothing but what every operation of the API does: find out who asks, and whether they may."""

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/bare/", insert_bare),
    path("bench/empty/", answer_empty),
    path("bench/empty-rest/", EmptyRestView.as_view()),
    *project,
]
