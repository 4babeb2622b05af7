"""Lists come in pages, newest first, by a cursor."""

import base64

import pytest

from api_project.rest.pagination import Cursor
from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.factories import make_url_transcript

pytestmark = pytest.mark.django_db


def ids(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["id"] for item in body["results"]]


def test_following_next_shows_everything_once_newest_first() -> None:
    expected = [str(make_url_transcript().pk) for _ in range(5)][::-1]
    client = api_client()

    seen, link = [], f"{TRANSCRIPTS}?limit=2"
    while link:
        body = client.get(link).json()
        seen += ids(body)
        link = body["next"]
    assert seen == expected


def test_previous_leads_back() -> None:
    for _ in range(4):
        make_url_transcript()
    client = api_client()

    first = client.get(f"{TRANSCRIPTS}?limit=2").json()
    second = client.get(first["next"]).json()
    assert first["previous"] is None
    assert ids(client.get(second["previous"]).json()) == ids(first)


def test_what_comes_in_meanwhile_moves_no_page() -> None:
    for _ in range(4):
        make_url_transcript()
    client = api_client()
    first = client.get(f"{TRANSCRIPTS}?limit=2").json()

    make_url_transcript()
    assert not set(ids(client.get(first["next"]).json())) & set(ids(first))


def test_a_page_asks_the_database_as_often_as_a_row_does(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(10):
        make_url_transcript()
    client = api_client()
    client.get(TRANSCRIPTS)

    # The key with its user, the page, the alarm.
    with django_assert_max_num_queries(3):
        assert len(client.get(TRANSCRIPTS).json()["results"]) == 10


def test_an_empty_list_is_one_empty_page() -> None:
    assert api_client().get(TRANSCRIPTS).json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "", "٣", "9" * 40])
def test_it_refuses_a_bad_limit(limit: str) -> None:
    response = api_client().get(TRANSCRIPTS, {"limit": limit})

    assert response.status_code == 400
    assert fields_at_fault(response) == {"limit": "invalid"}
    assert "from 1 to 100" in response.json()["detail"]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "ä",
        encoded("p=nonsense"),
        encoded("o=5"),
        encoded("o=-1"),
        encoded("p=%00"),
        encoded("p=-1"),
        encoded("p=1&r=2"),
        encoded(f"p={2**128:x}"),
        encoded(f"p={2**128:x}&r=1"),
        encoded("r=1&p=1' OR 1=1"),
    ],
)
def test_it_refuses_a_made_up_cursor(cursor: str) -> None:
    make_url_transcript()
    response = api_client().get(TRANSCRIPTS, {"cursor": cursor})

    assert response.status_code == 400
    assert fields_at_fault(response) == {"cursor": "invalid"}


@pytest.mark.parametrize("position", [0, 2**128 - 1])
def test_a_page_without_rows_leads_to_those_around_it(position: int) -> None:
    make_url_transcript()
    client = api_client()
    links = [
        client.get(TRANSCRIPTS, {"cursor": Cursor(position, backwards).text("")}).json() for backwards in (False, True)
    ]

    for link in [link for page in links for link in (page["next"], page["previous"]) if link]:
        assert client.get(link).status_code == 200


def test_it_refuses_unknown_and_repeated_parameters_by_name() -> None:
    response = api_client().get(f"{TRANSCRIPTS}?limit=1&limit=2&page=3")

    assert response.status_code == 400
    assert fields_at_fault(response) == {"limit": "repeated", "page": "unknown"}
