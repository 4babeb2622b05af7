"""The REST operation that tells what a user has used."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.throttling.throttle import standing_of
from api_project.rest.views import RestView
from transcripts.access import signed_in_user
from transcripts.models import Usage
from transcripts.usage import schema
from transcripts.usage.selectors import usage_get
from transcripts.usage.serializers import UsageSerializer


@extend_schema_view(get=schema.USAGE)
class UsageView(RestView[Usage]):
    """What whoever asks has used, and may use."""

    def get(self, request: Request) -> Response:
        usage = usage_get(owner_id=signed_in_user(request).pk, now=timezone.now())
        return Response(UsageSerializer(usage, context={"standing": standing_of(request._request)}).data)
