"""What is stored about callbacks, a module per thing: what providers told us, and what we tell third parties."""

from webhooks.models.delivery import Attempt, Delivery, DeliverySlot, Reason
from webhooks.models.endpoint import Endpoint, PayloadLevel, Recovery, SigningSecret
from webhooks.models.event import Event, EventFeed, EventPayload
from webhooks.models.received_event import ReceivedEvent

__all__ = [
    "Attempt",
    "Delivery",
    "DeliverySlot",
    "Endpoint",
    "Event",
    "EventFeed",
    "EventPayload",
    "PayloadLevel",
    "Reason",
    "ReceivedEvent",
    "Recovery",
    "SigningSecret",
]
