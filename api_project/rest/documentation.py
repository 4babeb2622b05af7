"""The API's description for programs and for people: the OpenAPI document, Swagger UI, and a page about problems."""

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from api_project.rest.problems import TYPES


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI 3.1 document; the same as schema.yml."""


# Its script carries the CSRF token of whoever is signed in.
@method_decorator(never_cache, name="dispatch")
# Swagger UI's style sheet has its arrows and padlocks as data: images.
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI with assets of our own, in two requests, because our policy allows no script inside the page."""

    template_name = "rest/swagger_ui.html"


@require_safe
def problem_page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say what one type of problem means, or all of them; the `type` of every problem leads here."""
    if code and code not in TYPES:
        raise Http404
    kinds = [TYPES[code]] if code else list(TYPES.values())
    return render(request, "rest/problems.html", {"kinds": kinds})
