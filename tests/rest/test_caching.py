"""What every answer says about being kept: by whoever asked, who asks again each time; errors and secrets by nobody."""

import pytest

from tests.api import api_client
from tests.described import document
from tests.rest.test_access import OPERATIONS, OWNER, ask

pytestmark = pytest.mark.django_db

WITH_A_SECRET = {
    ("post", "/api/v1/api-keys/"),
    ("post", "/api/v1/webhook-endpoints/"),
    ("post", "/api/v1/webhook-endpoints/default-secret/"),
    ("post", "/api/v1/webhook-endpoints/{endpoint_id}/rotate-secret/"),
}
BODIES = {
    ("post", "/api/v1/api-keys/"): b'{"name": "k"}',
    ("post", "/api/v1/transcripts/"): b'{"audio_url": "https://example.com/a"}',
    ("post", "/api/v1/webhook-endpoints/"): b'{"url": "https://93.184.215.14/"}',
}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_answer_says_who_may_keep_it(method: str, path: str) -> None:
    response = ask(api_client(OWNER), method, path, body=BODIES.get((method, path), b"{}"))

    is_kept = response.status_code < 400 and (method, path) not in WITH_A_SECRET
    assert response["Cache-Control"] == ("private, no-cache" if is_kept else "no-store")
    named = [name.strip().lower() for name in response["Vary"].split(",")]
    assert sorted(name for name in named if name in {"authorization", "cookie"}) == ["authorization", "cookie"]


@pytest.mark.parametrize("path", [path for path, item in document()["paths"].items() if "{" not in path])
def test_a_refusal_is_kept_by_nobody(path: str) -> None:
    response = api_client().put(path)

    assert (response.status_code, response["Cache-Control"]) == (405, "no-store")
