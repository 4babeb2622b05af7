"""Addresses of our own in answers."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def absolute_address(request: Request | HttpRequest, path: str) -> str:
    """Return a path of ours as an address that whoever asks can use, given the name that was asked for.

    Behind a proxy that ends TLS the request itself does not know that the world says https; PUBLIC_BASE_URL does.
    """
    public = urlsplit(settings.PUBLIC_BASE_URL)
    port = DEFAULT_PORTS.get(public.scheme, "")
    if public.netloc and request.get_host().lower().removesuffix(port) == public.netloc.lower().removesuffix(port):
        return f"{settings.PUBLIC_BASE_URL}{path}"
    return request.build_absolute_uri(path)
