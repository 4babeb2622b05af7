"""Adding an endpoint by its form, once however often that is sent."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from webhooks.models import Endpoint
from webhooks.outbound.endpoints import endpoint_create
from webhooks.outbound.exceptions import TooManyEndpoints
from webhooks.outbound.pages.forms import EndpointForm
from webhooks.outbound.pages.new_secrets import SECONDS, current_secret
from webhooks.outbound.pages.presenting import secret_row
from webhooks.outbound.selectors import own_endpoints


def endpoint_add(*, owner: User, form: EndpointForm) -> tuple[Endpoint, str]:
    """Make the endpoint of a valid form, and return it with its secret.

    A second press on the button gets what the first one made: the browser shows the answer to the last one alone.
    Raises what `endpoint_create` does.
    """
    try:
        return endpoint_create(owner=owner, endpoint_id=form.given_id, **form.wishes)
    except TooManyEndpoints:
        if made := _just_made(owner, form):
            return made, current_secret(secret_row(made))
        raise
    except IntegrityError:
        if made := _just_made(owner, form):
            return made, current_secret(secret_row(made))
    # The form was sent long ago and now with something else, or its id is somebody else's.
    return endpoint_create(owner=owner, **form.wishes)


def _just_made(owner: User, form: EndpointForm) -> Endpoint | None:
    since = timezone.now() - timedelta(seconds=SECONDS)
    same = {name: value for name, value in form.wishes.items() if name != "event_types"}
    return own_endpoints(owner=owner).filter(pk=form.given_id, created_at__gte=since, **same).first()
