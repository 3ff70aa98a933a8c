"""Uploads that are cut and go on (tus 1.0.0), as a program speaks it."""

import base64
import json

import pytest
from django.test import Client

from communes.documents import uploads
from communes.models import Document, Person, Upload
from communes.permissions import grant

from . import files

PLACE = "/ganvie-essai/depots/"


@pytest.fixture
def writer(ganvie, clerk) -> Client:
    grant(clerk, ganvie, "clerk")
    client = Client(HTTP_TUS_RESUMABLE="1.0.0", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(clerk)
    return client


def begin(client: Client, size: int, name: str = "scan.pdf"):
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    return client.post(PLACE, headers={"Upload-Length": str(size), "Upload-Metadata": metadata})


def send(client: Client, place: str, at: int, part: bytes):
    return client.patch(
        place,
        part,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(at)},
    )


def adopt(client: Client, place: str, **changes: str):
    said = {"kind": "budget", "year": "2025", "language": "fr", "licence": "cc-by-4.0"}
    data = {**said, "do": "adopt", "upload": place.rsplit("/", 1)[-1], **changes}
    return client.post("/ganvie-essai/documents/gerer/", data)


def test_an_upload_cut_at_80_percent_goes_on_where_it_stopped(writer):
    content = files.pdf(*("Une page" for _ in range(200)))
    place = begin(writer, len(content))["Location"]
    cut = len(content) * 8 // 10
    assert send(writer, place, 0, content[:cut])["Upload-Offset"] == str(cut)
    assert adopt(writer, place).status_code == 409, "it has not come whole"
    # After the cut the browser asks how far it came.
    at = int(writer.head(place)["Upload-Offset"])
    assert at == cut
    assert send(writer, place, at, content[at:]).status_code == 204
    answer = adopt(writer, place)
    assert answer.status_code == 201, answer.content
    document = Document.objects.get(pk=answer.json()["document"])
    assert document.latest.pages == 200
    assert not Upload.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_a_part_for_another_position_is_refused(writer):
    place = begin(writer, 100)["Location"]
    send(writer, place, 0, b"x" * 40)
    for at in (0, 39, 41, 100):
        answer = send(writer, place, at, b"y")
        assert (answer.status_code, answer.json()["code"]) == (409, "offset")
    assert send(writer, place, 40, b"y" * 61).status_code == 409, "more than was announced"
    assert send(writer, place, 40, b"y" * 60).status_code == 204


def test_a_scan_of_300_mb_is_refused_before_a_byte_is_sent(writer, settings):
    answer = begin(writer, 300 * 1024 * 1024)
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert "300 MB" in answer.json()["title"]
    assert begin(writer, 0).status_code == 422
    assert begin(writer, -5).status_code == 400


def test_a_file_that_is_not_taken_says_why(writer):
    place = begin(writer, 4)["Location"]
    send(writer, place, 0, b"rien")
    answer = adopt(writer, place)
    assert answer.status_code == 422
    assert answer.json()["code"] == "not_a_pdf"
    assert adopt(writer, place).status_code == 404


def test_uploads_are_for_those_who_publish_and_each_for_its_own(writer, ganvie, client):
    assert begin(client, 10).status_code == 401
    place = begin(writer, 10)["Location"]
    other = Person.objects.create(display_name="Codjo")
    stranger = Client()
    stranger.force_login(other)
    assert begin(stranger, 10).status_code == 403
    grant(other, ganvie, "clerk")
    for answer in (stranger.head(place), send(stranger, place, 0, b"x"), stranger.delete(place)):
        assert answer.status_code == 404
    grant(other, ganvie, "moderator")
    assert json.loads(adopt(stranger, place).content)["code"] == "not_found"
    assert writer.delete(place).status_code == 204
    assert writer.head(place).status_code == 404


def test_a_client_learns_what_the_server_speaks(writer):
    answer = writer.options(PLACE)
    assert answer["Tus-Version"] == "1.0.0"
    assert "creation" in answer["Tus-Extension"]
