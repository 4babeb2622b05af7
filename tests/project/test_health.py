"""What the probes answer, and to whom."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings


def test_a_process_that_serves_is_live(client: Client) -> None:
    assert client.get("/healthz/live").status_code == 200


@pytest.mark.django_db
def test_a_node_with_database_and_storage_is_ready(client: Client) -> None:
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "storage": "ok"})


@pytest.mark.django_db
def test_a_probe_may_name_the_node_by_any_address(client: Client) -> None:
    assert client.get("/healthz/ready", headers={"host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["AUDIO_DIR", "FILE_UPLOAD_TEMP_DIR"])
def test_a_node_whose_storage_cannot_be_written_is_not_ready(client: Client, settings: Settings, folder: str) -> None:
    setattr(settings, folder, Path("/nowhere/audio"))
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "storage": "failed"})


@pytest.mark.django_db(transaction=True)
def test_a_node_without_its_tables_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    try:
        response = client.get("/healthz/ready")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO django_migrations")
    assert (response.status_code, response.json()["database"]) == (503, "failed")


def test_a_probe_only_reads(client: Client) -> None:
    assert client.post("/healthz/live").status_code == 405


def test_a_stale_answer_is_not_kept(client: Client) -> None:
    assert client.get("/healthz/live").headers["Cache-Control"] == "no-store"
