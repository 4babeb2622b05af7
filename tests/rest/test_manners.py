"""What is refused before any view has its say, and where the API begins."""

from typing import Any

import pytest
from django.test import Client

from api_project.rest.index import BEGINNINGS
from tests.api import TRANSCRIPTS, DescribedClient, api_client, fields_at_fault
from tests.factories import make_transcript

pytestmark = pytest.mark.django_db


def test_a_host_that_is_not_served_is_told_why_and_not_repeated() -> None:
    response = Client().get(TRANSCRIPTS, headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "ALLOWED_HOSTS" in response.json()["detail"]
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("content_type", ["application/json", "audio/wav"])
def test_a_body_in_a_content_encoding_is_refused_by_name(content_type: str) -> None:
    response = api_client().generic(
        "POST", TRANSCRIPTS, b"x", content_type=content_type, headers={"Content-Encoding": "gzip"}
    )

    assert (response.status_code, response["Accept-Encoding"]) == (415, "identity")
    assert "Content-Encoding" in response.json()["detail"]


def test_an_id_counts_in_either_case() -> None:
    transcript = make_transcript()
    response = api_client().get(f"{TRANSCRIPTS}{str(transcript.pk).upper()}/")

    assert (response.status_code, response.json()["id"]) == (200, str(transcript.pk))


def test_the_api_says_where_it_begins() -> None:
    addresses: dict[str, Any] = Client().get("/api/v1/").json()

    assert set(addresses) == BEGINNINGS.keys() > {"transcripts", "usage", "api_keys", "schema", "docs"}
    assert addresses["transcripts"] == f"http://testserver{TRANSCRIPTS}"
    client = api_client()
    assert {client.get(address).status_code for address in addresses.values()} == {200}
    assert Client().get("/api/")["Location"] == "/api/docs/"


def test_where_it_begins_is_answered_as_described() -> None:
    assert DescribedClient().get("/api/v1/").status_code == 200
    refused = DescribedClient().get("/api/v1/?surprise=1")
    assert (refused.status_code, fields_at_fault(refused)) == (400, {"surprise": "unknown"})
    assert Client().post("/api/v1/")["Allow"] == "GET, HEAD"


def test_a_problem_is_as_compact_as_all_other_json() -> None:
    assert b'", "' not in Client().get(TRANSCRIPTS).content
