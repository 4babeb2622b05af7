"""What every view of the API has in common."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.conditional import for_whoever_asked, refuse_conditions
from api_project.rest.deprecation import Deprecation, note_deprecated
from api_project.rest.idempotency.keys import refuse_key
from api_project.rest.queries import refuse_unknown_parameters
from api_project.rest.throttling.throttle import count_request
from api_project.rest.upload_form import UploadForm

ModelType = TypeVar("ModelType", bound=Model)


class RestView(GenericAPIView[ModelType]):
    """A view of the API. It does not answer OPTIONS: what that would tell stands in the schema."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    # The parameters of each method; all others are refused by name.
    query_parameters: Mapping[str, Iterable[str]] = {}
    # The methods on which an Idempotency-Key counts; on all others that change something it is refused.
    once_methods: Iterable[str] = ()
    # The methods on which If-Match and If-None-Match count; on all others that change something they are refused.
    versioned_methods: Iterable[str] = ()
    # What parameters mean that are left out, where a list is the same with and without them.
    query_defaults: Mapping[str, str] = {}
    # What an upload may carry beside its file, for a view that takes one.
    upload_form: UploadForm | None = None
    # By method: what should not be used any more.
    deprecated: Mapping[str, Deprecation] = {}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if deprecation := self.deprecated.get(_method(request)):
            note_deprecated(request, deprecation, kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before all else that may refuse it, so that nothing is free of it.
        count_request(request)
        super().initial(request, *args, **kwargs)
        if not hasattr(self, (request.method or "").lower()):
            return
        if request.method not in {*SAFE_METHODS, *self.once_methods}:
            refuse_key(request)
        if request.method not in {*SAFE_METHODS, *self.versioned_methods}:
            refuse_conditions(request)
        if not self.query_is_the_body(request):
            refuse_unknown_parameters(
                request,
                allowed=self.query_parameters.get(_method(request), ()),
                in_body=self._only_beside_bytes(request),
            )

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        return for_whoever_asked(super().finalize_response(request, response, *args, **kwargs))

    def _only_beside_bytes(self, request: Request) -> Iterable[str]:
        """Return the parameters of another kind of body than this one."""
        return self.upload_form.parameters if self.upload_form and request.method == "POST" else ()

    def query_is_the_body(self, request: Request) -> bool:
        """Whether the query is read together with the body, by whoever reads that."""
        return False


def _method(request: HttpRequest | Request) -> str:
    return "GET" if request.method == "HEAD" else request.method or ""
