"""What the clerk is told of media: how long the disk will do, with all that is written to it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from live.models import MediaServer, Sitting
from live.protocol.media import MediaMode, MediaStatus
from live.transport.media_status import ASSUMED_BITRATE, media_report
from tests.support.factories import make_commune, make_person, make_sitting

HOUR = 3600


class Media:
    """Answers every question about a sitting with `status`."""

    def __init__(self) -> None:
        self.status = MediaStatus(
            sitting="abcde",
            version=1,
            mode=MediaMode.PREVIEW,
            publisher=None,
            recorded_s=0,
            recorded_bytes=0,
            disk_free=0,
        )
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outer.status.model_dump_json().encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def media() -> Iterator[Media]:
    made = Media()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_the_forecast_counts_smaller_pictures_too(media: Media) -> None:
    sitting = Sitting(pk="abcde", media_server=MediaServer(url=media.url))
    # Room for four hours of the source and its sound, to the byte.
    room = ASSUMED_BITRATE * 4 * HOUR // 8
    media.status = media.status.model_copy(update={"disk_free": room})
    alone = media_report(sitting)
    assert alone.enough and alone.seconds_left == 4 * HOUR
    media.status = media.status.model_copy(update={"smaller_bitrate": 710_000})
    together = media_report(sitting)
    assert together.bitrate == ASSUMED_BITRATE + 710_000
    assert together.enough is False
    assert together.seconds_left == pytest.approx(room * 8 / (ASSUMED_BITRATE + 710_000))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "answer"),
    [("clerk", 200), ("admin", 200), ("host", 200), ("moderator", 200), (None, 403), ("", 401)],
)
def test_staff_are_told_what_viewers_get_less_of_and_nobody_else_is(
    media: Media, role: str | None, answer: int
) -> None:
    commune, client = make_commune(), Client()
    sitting = make_sitting(commune, "live")
    server = MediaServer.objects.create(name="eins", url=media.url)
    Sitting.objects.filter(pk=sitting.pk).update(media_server=server)
    media.status = media.status.model_copy(update={"shed": ["480p"], "newcomers": "sound"})
    if role != "":
        client.force_login(make_person(commune, *filter(None, [role])))
    told = client.get(f"/api/v1/sittings/{sitting.pk}/media")
    assert told.status_code == answer
    if answer == 200:
        status = told.json()["status"]
        assert (status["shed"], status["newcomers"]) == (["480p"], "sound")
