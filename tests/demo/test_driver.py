"""`manage.py demo` against running servers: what a newcomer finds a minute after `make run`."""

import asyncio
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import av
import httpx
import pytest

from portal.demo.hearing import Pace
from tests.support.processes import Program
from tests.support.servers import Palabre
from tests.support.waiting import wait_for

#: The past sitting takes a fifth of its minute; the hearing is as much livelier.
SPEED = 5.0
STOPS_WITHIN_S = 15.0


class Driver(Program):
    """The command, as `make run` starts it."""

    def __init__(self, palabre: Palabre, *options: str) -> None:
        command = [sys.executable, "manage.py", "demo", f"--speed={SPEED}", *options]
        super().__init__("demo", command, palabre.data_dir / "log" / "demo.log", palabre.env)


@pytest.fixture
def stage(make_palabre: Callable[..., Palabre]) -> Iterator[Palabre]:
    palabre = make_palabre(DEMO="1")
    palabre.manage("seed", "--quiet")
    palabre.start()
    yield palabre
    palabre.stop()


def get(palabre: Palabre, path: str) -> Any:
    answer = httpx.get(f"{palabre.url}{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sitting_of(palabre: Palabre, commune: str) -> dict[str, Any]:
    return dict(get(palabre, f"/api/v1/sittings?commune={commune}")["items"][0])


def states_of(palabre: Palabre, sitting: str) -> dict[str, Any]:
    return dict(get(palabre, f"/api/v1/sittings/{sitting}/timeline")["states"])


def stream(palabre: Palabre, sitting: str) -> str:
    return str((states_of(palabre, sitting).get("stream") or {}).get("status"))


def of(states: dict[str, Any], family: str) -> list[dict[str, Any]]:
    return [state for key, state in states.items() if key.startswith(f"{family}/")]


def decoded(url: str) -> tuple[int, int]:
    """Pictures, and the loudest sample, of what a player gets."""
    pictures = loudest = 0
    with av.open(url) as container:
        streams = (container.streams.video[0], container.streams.audio[0])
        for frame in container.decode(*streams):
            if isinstance(frame, av.VideoFrame):
                pictures += 1
            elif isinstance(frame, av.AudioFrame):
                samples = memoryview(bytes(frame.planes[0])).cast("f")
                loudest = max(loudest, int(32768 * max(abs(sample) for sample in samples)))
            if pictures >= 30 and loudest > 2000:
                break
    return pictures, loudest


def test_the_demonstration_plays(stage):
    driver = Driver(stage)
    hearing = sitting_of(stage, "cotonou")["id"]
    past = sitting_of(stage, "abomey-calavi")["id"]
    driver.start(lambda: sitting_of(stage, "cotonou")["state"] == "live", 90)
    try:
        _the_hearing_is_alive(stage, hearing)
        _the_past_sitting_can_be_replayed(stage, past)
    except AssertionError:
        print(driver.tail())  # noqa: T201 - beside the failure
        driver.kill()
        raise
    assert driver.stop(signal.SIGTERM) == 0
    assert "the demonstration has stopped" in driver.log()
    # It said goodbye (WHIP DELETE): media need not find out by silence.
    wait_for(
        "the stream is interrupted",
        lambda: stream(stage, hearing) == "interrupted",
    )
    assert "Traceback" not in driver.log()


def _the_hearing_is_alive(stage: Palabre, sitting: str) -> None:
    def seen(what: str, check: Callable[[dict[str, Any]], Any]) -> None:
        wait_for(what, lambda: check(states_of(stage, sitting)), 60)

    seen("approved questions", lambda states: len(of(states, "question")) >= 3)
    seen("support", lambda states: sum(one["supports"] for one in of(states, "support")) >= 3)
    seen("a point under discussion", lambda states: "open" in str(of(states, "agenda")))
    seen("something on screen", lambda states: (states.get("screen") or {}).get("shows"))
    seen("a vote that ended", lambda states: "closed" in str(of(states, "poll")))
    seen("votes", lambda states: max(one["voters"] for one in of(states, "tally")) >= 10)
    seen("the stream", lambda states: (states.get("stream") or {}).get("status") == "on")
    pictures, loudest = decoded(f"{stage.media_url}/hls/{sitting}/index.m3u8")
    assert pictures >= 30
    assert loudest > 2000, "somebody speaks"


def _the_past_sitting_can_be_replayed(stage: Palabre, sitting: str) -> None:
    wait_for(
        "the past sitting is archived",
        lambda: sitting_of(stage, "abomey-calavi")["state"] == "archived",
        90,
    )
    manifest = get(stage, f"/api/v1/sittings/{sitting}/manifest")
    assert 8 < manifest["duration_s"] < 90
    assert manifest["has_video"]
    assert manifest["has_audio"]
    kinds = [entry["kind"] for entry in manifest["entries"]]
    for kind in ("question.approved", "question.answered", "support.counted", "poll.opened",
                 "poll.closed", "screen.shown"):  # fmt: skip
        assert kind in kinds, kind
    assert kinds.count("agenda.opened") == kinds.count("agenda.closed") == 3
    counted = [entry["state"] for entry in manifest["entries"] if entry["key"].startswith("tally/")]
    assert counted[-1]["final"]
    assert counted[-1]["voters"] == 11
    begin = manifest["anchors"][0][1] * 1000
    inside = [entry for entry in manifest["entries"] if entry["kind"] == "poll.opened"]
    assert 0 < inside[0]["at"] - begin < 1000 * manifest["duration_s"]
    pictures, loudest = decoded(f"{stage.media_url}/hls/{sitting}/index.m3u8")
    assert pictures >= 30
    assert loudest > 2000


def test_it_goes_on_where_it_stopped(stage):
    hearing = sitting_of(stage, "cotonou")["id"]
    first = Driver(stage)
    first.start(lambda: len(of(states_of(stage, hearing), "question")) >= 2, 90)
    first.kill()
    before = len(of(states_of(stage, hearing), "question"))
    second = Driver(stage)
    second.start(lambda: len(of(states_of(stage, hearing), "question")) > before, 90)
    items = get(stage, "/api/v1/sittings?commune=cotonou")["items"]
    assert [item["id"] for item in items] == [hearing], "no second hearing"
    # The one that was killed said nothing: media has to give up on it first.
    wait_for("pictures again", lambda: stream(stage, hearing) == "on", 60)
    assert second.stop() == 0


def test_servers_may_come_and_go(stage):
    hearing = sitting_of(stage, "cotonou")["id"]
    driver = Driver(stage)
    driver.start(lambda: stream(stage, hearing) == "on", 90)
    stage.web.kill()
    stage.media.kill()
    stage.start()
    before = get(stage, f"/api/v1/sittings/{hearing}/timeline")["seq"]
    wait_for(
        "citizens are back",
        lambda: get(stage, f"/api/v1/sittings/{hearing}/timeline")["seq"] > before + 5,
        120,
    )
    wait_for("pictures are back", lambda: stream(stage, hearing) == "on", 60)
    assert driver.running
    assert driver.stop() == 0


def submit(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    client.get(path)
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(path, data={**token, **fields})


def test_a_newcomer_signs_in_with_a_printed_number(stage):
    printed = stage.manage("seed")
    number = re.search(r"modération\s+((?:\d\d ){5})", printed)
    assert number is not None, printed
    with httpx.Client(base_url=stage.url, follow_redirects=True, timeout=30) as client:
        answer = submit(client, "/connexion/", contact=number[1].strip(), consent="on")
        code = re.search(r"code-shown\">\s*(\d{6})", answer.text)
        assert code is not None, answer.text[-3000:]
        entered = submit(client, "/connexion/code/", code=code[1])
        assert "/connexion/" not in str(entered.url), entered.text[-3000:]
        assert "Mariam Démo" in client.get("/compte/").text


def test_a_faster_pace_keeps_its_counts():
    fast, slow = Pace(hours=2).faster(10), Pace()
    assert fast == replace(fast, hours=2, leave=slow.leave, first=slow.first)
    assert fast.ask == (slow.ask[0] / 10, slow.ask[1] / 10)
    assert fast.on_screen == slow.on_screen / 10


async def test_a_participant_without_a_server_waits_quietly():
    from portal.demo.participant import Away, Participant

    participant = Participant("Test", "ws://127.0.0.1:9/ws/", lambda: "ticket")
    task = asyncio.create_task(participant.run())
    with pytest.raises(Away):
        await participant.send("question.submit", text="Une question ?")
    assert await participant.attempt("question.submit", text="Une question ?") is None
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
