"""The project's addresses and the bare INSERT, in the same web server behind the same middleware."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from api_project.urls import urlpatterns as project

INSERT = "INSERT INTO bench_bare (body) VALUES (%s)"


@csrf_exempt
def insert_bare(request: HttpRequest) -> HttpResponse:
    """Commit one row with the body, and do nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [request.read().decode()])
    return HttpResponse(status=204)


urlpatterns: list[URLPattern | URLResolver] = [path("bench/bare/", insert_bare), *project]
