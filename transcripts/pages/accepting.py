"""Accepting audio from the page's own forms, for browsers without JavaScript. With it, the page uses the REST API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from rest_framework.authentication import CSRFCheck
from rest_framework.request import Request

from api_project.rest import exceptions as rest
from api_project.rest.exception_handler import handle_exception
from api_project.rest.multipart_parser import MultipartUploadParser
from api_project.rest.receiving import received_body
from api_project.rest.upload_form import UploadForm
from transcripts.exceptions import StorageFull
from transcripts.models import Transcript
from transcripts.pages.asked import FIELDS, asked_for
from transcripts.serializers import TranscriptCreateSerializer
from transcripts.services import transcript_create
from transcripts.usage.refusing import field_of, over_budget_told, refuse_over_budget

# Whoever has chosen a file of the wrong kind needs no list of forty kinds; `problems.js` does the same.
WRONG_KIND, ALLOWED = 415, " Allowed are:"
OWN_FIELDS = ("file", "audio_url", "title", "options")
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


@dataclass(frozen=True)
class Problem:
    """Why something was not accepted, in the API's words: a sentence, and what is wrong with which field."""

    status: int
    detail: str
    errors: list[Mapping[str, str]]

    @property
    def fields(self) -> list[str]:
        """Return what is wrong field by field, unless the sentence says it all."""
        return [error["detail"] for error in self.errors] if len(self.errors) > 1 else []


class FormBody:
    """What the parser needs to know of the view: which fields the form has."""

    upload_form = UploadForm(file="file", text=[TOKEN, *FIELDS])


def accept_file(request: HttpRequest) -> Transcript:
    """Take the file of the page's form. Raises what the API raises, and PermissionDenied without the form's token."""
    body = Request(request, parsers=[MultipartUploadParser()], parser_context={"view": FormBody()})
    refuse_over_budget(body)
    with received_body(body) as data:
        # Django would look for the token by storing the whole upload first, whoever sends it.
        request.POST = _form_data(data)  # type: ignore[assignment]
        _require_token(request)
        return _create(request, {"file": data["file"]} if "file" in data else {})


def accept_address(request: HttpRequest) -> Transcript:
    """Take the address of the page's other form. Raises as `accept_file` does."""
    _require_token(request)
    return _create(request, {"audio_url": request.POST.get("audio_url", "")})


def _create(request: HttpRequest, audio: Mapping[str, Any]) -> Transcript:
    serializer = TranscriptCreateSerializer(data={**audio, **asked_for(request.POST.dict())})
    serializer.is_valid(raise_exception=True)
    with over_budget_told(field_of(audio)):
        try:
            return transcript_create(owner=cast(User, request.user), **serializer.validated_data)
        except StorageFull as exc:
            raise rest.StorageFull from exc


def _form_data(data: Mapping[str, Any]) -> QueryDict:
    form = QueryDict(mutable=True)
    form.update({name: data[name] for name in (TOKEN, *FIELDS) if name in data})
    return form


def _require_token(request: HttpRequest) -> None:
    """Raise PermissionDenied unless the form was made for this session."""
    check = CSRFCheck(lambda request: None)  # type: ignore[arg-type]
    check.process_request(request)
    reason: Any = check.process_view(request, lambda: None, (), {})  # type: ignore[arg-type,return-value]
    if reason:
        raise PermissionDenied(f"CSRF: {reason}")


def problem_of(exc: Exception, request: HttpRequest) -> Problem:
    """Return the problem the API would answer with; raises what is a bug."""
    response = handle_exception(exc, {"request": request})
    if response is None:
        raise exc
    document = json.loads(response.content)
    errors = document.get("errors", [])
    sentence = _sentence(document["detail"], errors)
    if response.status_code == WRONG_KIND:
        sentence = sentence.partition(ALLOWED)[0]
    return Problem(response.status_code, sentence, errors)


def _sentence(detail: str, errors: list[Mapping[str, str]]) -> str:
    if len(errors) > 1:
        return "This was not accepted."
    # Whoever sees the form knows which fields it has, by other names.
    return errors[0]["detail"] if errors and errors[0]["field"].partition(".")[0] in OWN_FIELDS else detail
