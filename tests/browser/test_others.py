"""Live sound, live picture and the recording in Firefox ESR and WebKitGTK (`make soak`)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.onair import OnAir
from tests.browser.others import BROWSERS, Other
from tests.browser.player import until_on_air
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PRESS = """
const button = document.querySelector(arguments[0]);
if (button) button.click();
return button !== null;
"""
STATE = """
const box = document.querySelector("[data-player]");
const one = [...document.querySelectorAll("video, audio")].find((m) => !m.paused && !m.muted);
return {status: box?.dataset.player ?? "", shows: box?.dataset.shows ?? "",
        error: [...document.querySelectorAll("video, audio")].map((m) => m.error?.message ?? ""),
        bytes: Number(box?.dataset.bytes ?? 0), time: one?.currentTime ?? 0,
        width: one?.videoWidth ?? 0, own: Boolean(one?.currentSrc.startsWith("http")),
        page: document.body.innerText.slice(0, 400)};
"""


@pytest.fixture(params=BROWSERS, ids=lambda browser: browser.name)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Other]:
    if not request.param.available():
        pytest.skip(f"{request.param.name} is not installed")
    browser = request.param(tmp_path)
    yield browser
    browser.close()


async def plays(other: Other, picture: bool) -> dict[str, Any]:
    """Wait until three more seconds were played; what it looked like."""
    first: dict[str, Any] = {}
    seen: dict[str, Any] = {}

    async def going() -> dict[str, Any] | None:
        now: dict[str, Any] = await asyncio.to_thread(other.run, STATE)
        seen.update(now)
        first.setdefault("time", now["time"])
        if first["time"] == 0 or now["time"] < first["time"]:
            first["time"] = now["time"]
        ready = now["time"] >= first["time"] + 3 and (now["width"] > 0) == picture
        return now if ready and now["status"] == "playing" else None

    try:
        return await eventually(f"{other.name} plays", going, 60)
    except AssertionError as error:
        raise AssertionError(f"{error}: {seen}") from error


async def press(other: Other, selector: str) -> None:
    await eventually(f"{selector} is there", lambda: other.run(PRESS, selector), 40)


async def test_it_plays_live_and_the_recording(air: OnAir, other: Other):
    url = air.palabre.page_url(air.sitting)
    said = []
    for face in ("sound", "picture"):
        await asyncio.to_thread(other.open, url)
        await press(other, f"[data-face={face}]")
        # A telephone-like window would ask what it costs first.
        state = await plays(other, face == "picture")
        assert state["shows"] == face
        said.append((f"live {face}", state["own"], state["bytes"]))
    # Long enough for a slow browser to change to the sound before it is over.
    await until_on_air(air, 45)
    await air.staff.do("sitting.end")
    await asyncio.to_thread(other.open, url)
    for face in ("picture", "sound"):
        selector = f"[data-face={face}]" if face == "picture" else "[data-act=switch]"
        await press(other, selector)
        state = await plays(other, face == "picture")
        said.append((f"recorded {face}", state["own"], state["bytes"]))
    for what, own, size in said:
        print(f"{other.name}: {what}: {'its own player' if own else 'hls.js'}, {size} bytes")  # noqa: T201
