"""What every view of the API has in common."""

from typing import TypeVar

from django.db.models import Model
from rest_framework.generics import GenericAPIView

ModelType = TypeVar("ModelType", bound=Model)


class RestView(GenericAPIView[ModelType]):
    """A view of the API. It does not answer OPTIONS: what that would tell stands in the schema."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
