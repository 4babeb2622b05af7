"""How one operation gets into the API's description, where drf-spectacular's own way does not do."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from api_project.rest.deprecation import RESPONSE_HEADERS, Deprecation


class OperationSchema(AutoSchema):
    """Tells of a view's `deprecated`: the mark, the prose, and the headers of every answer that is described here."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        deprecation: Deprecation | None = getattr(self.view, "deprecated", {}).get(self.method)
        if operation is None or deprecation is None:
            return operation
        description = operation.get("description", "")
        operation |= {"deprecated": True, "description": f"{deprecation.prose()}\n\n{description}".strip()}
        told = {name: RESPONSE_HEADERS[name] for name in deprecation.header_names()}
        for response in operation["responses"].values():
            response["headers"] = response.get("headers", {}) | told
        return operation
