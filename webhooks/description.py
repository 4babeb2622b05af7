"""What the API's description tells under `webhooks`: what we are sent unasked, and what we send."""

from typing import Any

from webhooks.outbound.description import event_callbacks
from webhooks.receivers.description import CALLBACKS


def add_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add every callback to the description, with its schemas."""
    schemas = result["components"]["schemas"]
    callbacks = [*event_callbacks(schemas), *CALLBACKS]
    for callback in callbacks:
        schemas.update(callback.schemas)
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    result["webhooks"] = {callback.name: {"post": callback.operation()} for callback in callbacks}
    return result
