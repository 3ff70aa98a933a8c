"""The player of a live hearing in Chromium, with a publisher that is a process of its own."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from portal.stills import make_stills
from tests.browser import player as on
from tests.browser.onair import OnAir
from tests.browser.room import shoot
from tests.support.chromium import DESK, PHONE
from tests.support.factories import orm
from tests.support.pages import is_sound
from tests.support.waiting import eventually
from tests.support.way import Way

pytestmark = pytest.mark.browser


#: Demanded are 3 s until an interruption is shown, and 6 s from the reconnect until it plays on;
#: `make soak` measures (docs/soak/media.md), other tests run beside these.
SHOWN_S = 5
GOES_ON_S = 10
OFFLINE = "Pas de réseau. La lecture reprend seule"


@pytest.fixture
def way() -> Iterator[Way]:
    made = Way()
    yield made
    made.close()


async def test_the_lock_screen_plays_and_pauses_and_a_picture_keeps_the_screen_on(air: OnAir):
    page = await air.new_page(PHONE)
    await page.add_init_script(on.LOCK_SCREEN)
    await page.goto(air.palabre.page_url(air.sitting))
    await on.press(page, "picture")
    await on.plays(page)
    assert await page.evaluate("navigator.mediaSession.metadata.title") == air.sitting.title
    assert await page.evaluate("navigator.mediaSession.playbackState") == "playing"
    assert await page.evaluate("window.awake") == 1
    await page.evaluate("window.lockScreen.pause()")
    await expect(on.player(page)).to_have_attribute("data-player", "paused")
    await eventually("the screen may go dark", lambda: page.evaluate("window.awake === 0"))
    await page.evaluate("window.lockScreen.play()")
    await expect(on.player(page)).to_have_attribute("data-player", "playing")
    await on.goes_on(page, 0.5)
    await page.evaluate("window.lockScreen.seekbackward({seekOffset: 4})")
    await expect(page.locator("[data-at=behind]")).to_be_visible()


async def test_it_plays_live_picture_and_sound(air: OnAir):
    page = await air.page(await air.citizen(), DESK)
    await shoot(page, "player-choice-1280")
    await on.press(page, "picture")
    await on.plays(page)
    assert (await on.heard(page))["picture"]
    await expect(page.locator("[data-at=live]")).to_contain_text("derrière la salle")
    await expect(on.player(page)).not_to_have_attribute("data-bytes", "0")
    await shoot(page, "player-live-1280")
    await is_sound(page)


@pytest.mark.parametrize(
    "native",
    [pytest.param(True, marks=pytest.mark.soak, id="native"), pytest.param(False, id="hls.js")],
)
async def test_on_mobile_data_one_listens_without_a_byte_of_picture(air: OnAir, native: bool):
    page = await air.new_page(PHONE)
    await page.add_init_script(on.MOBILE_DATA + (on.NO_LIBRARY if native else on.NO_NATIVE))
    fetched = on.Fetched(page)
    await page.goto(air.palabre.page_url(air.sitting))
    # Sound is the first and the primary of both.
    first = page.locator("[data-face]").first
    await expect(first).to_have_attribute("data-face", "sound")
    await expect(first).to_contain_text("Mo par heure")
    assert not [one for one in fetched.addresses if "index.m3u8" not in one]
    await shoot(page, f"player-saving-360-{native}")
    await on.press(page, "sound")
    await on.plays(page)
    await on.goes_on(page, 3)
    assert fetched.sound
    assert not fetched.picture
    assert not (await on.heard(page))["picture"]
    await expect(on.player(page)).to_have_attribute("data-shows", "sound")
    await expect(page.locator("[data-used]")).to_contain_text("Mo")
    await shoot(page, f"player-sound-360-{native}")
    await is_sound(page)


async def test_on_mobile_data_a_picture_says_first_what_it_costs(air: OnAir):
    page = await air.new_page(PHONE)
    await page.add_init_script(on.MOBILE_DATA)
    fetched = on.Fetched(page)
    await page.goto(air.palabre.page_url(air.sitting))
    await on.press(page, "picture")
    panel = page.locator("[data-cost]")
    await expect(panel).to_contain_text("Regarder en 180p")
    await expect(panel).to_contain_text("Mo par heure")
    await expect(panel).to_contain_text("1 000 F le gigaoctet".replace(" 000", "\u202f000"))
    await expect(panel).to_contain_text("estimation")
    await shoot(page, "player-cost-360")
    await is_sound(page)
    assert not fetched.picture
    await panel.get_by_role("button", name="Regarder en 180p").click()
    await on.plays(page)
    assert fetched.picture
    await shoot(page, "player-picture-360")
    await is_sound(page)


@pytest.mark.parametrize(
    "waits", [False, pytest.param(True, marks=pytest.mark.soak, id="until there is room")]
)
async def test_a_full_line_offers_the_sound_alone_until_there_is_room(air: OnAir, waits: bool):
    page = await air.new_page(PHONE)
    line = on.FullLine()
    await page.route("**/hls/*/index.m3u8?*", line.playlist)
    await page.route("**/hls/*/budget.json?*", line.note)
    await page.goto(air.palabre.page_url(air.sitting))
    await expect(page.locator("[data-notice=full]")).to_contain_text("il n’y a que le son")
    await expect(page.locator("[data-face]")).to_have_count(1)
    await shoot(page, "player-full-360")
    await is_sound(page)
    await on.press(page, "sound")
    await on.plays(page)
    await expect(page.locator("[data-act=switch]")).to_have_count(0)
    await eventually("it has told what is heard", lambda: line.watched[-1:] == ["audio"])
    # Media knows the visit by one name: that of who looked is that of who listens.
    assert len(line.visits) == 1
    if not waits:
        return
    line.pictures = "full"
    await expect(page.locator("[data-act=switch]")).to_be_visible(timeout=30_000)
    await expect(page.locator("[data-notice=full]")).to_have_count(0)


async def test_the_switch_by_hand_is_remembered_on_the_device(air: OnAir):
    page = await air.page()
    first = page.locator("[data-face]").first
    await expect(first).to_have_attribute("data-face", "picture")
    await page.get_by_label("Économiser mes données").check()
    await expect(first).to_have_attribute("data-face", "sound")
    await page.reload()
    await expect(first).to_have_attribute("data-face", "sound")


@pytest.mark.parametrize("face", [pytest.param("sound", marks=pytest.mark.soak), "picture"])
async def test_it_goes_on_by_itself_after_a_time_without_network(air: OnAir, face: str):
    # Signed in, and so close to the present: little is in the buffer.
    page = await air.page(await air.citizen())
    await on.press(page, face)
    await on.plays(page)
    await page.context.set_offline(True)
    try:
        await expect(page.get_by_text(OFFLINE)).to_be_visible()
        # Longer than what is in the buffer.
        await expect(on.player(page)).to_have_attribute("data-player", "waiting", timeout=30_000)
        await shoot(page, f"player-offline-{face}-360")
    finally:
        await page.context.set_offline(False)
    await on.goes_on(page, 3)
    await expect(page.get_by_text(OFFLINE)).to_have_count(0)


@pytest.mark.parametrize(
    ("face", "seconds"),
    [
        pytest.param("picture", 0, id="a moment"),
        pytest.param("picture", 30, marks=pytest.mark.soak, id="half a minute, picture"),
        pytest.param("sound", 30, marks=pytest.mark.soak, id="half a minute, sound"),
    ],
)
async def test_a_network_that_swallows_all_and_comes_back_as_another_needs_no_tap(
    air: OnAir, way: Way, face: str, seconds: float
):
    page = await air.new_page(PHONE, await air.citizen(), **way.context_options)
    await page.goto(air.palabre.page_url(air.sitting))
    await on.press(page, face)
    await on.plays(page)
    # The browser takes itself for connected all the while; what was open never answers.
    way.swallow()
    gone = time.monotonic()
    await expect(on.player(page)).to_have_attribute("data-player", "waiting", timeout=30_000)
    left = seconds - (time.monotonic() - gone)
    await asyncio.sleep(max(0, left))
    assert await page.evaluate("navigator.onLine")
    before = (await on.heard(page))["time"]
    way.change()
    back = time.monotonic()
    await on.goes_on(page, 0.5)
    assert time.monotonic() - back < GOES_ON_S
    assert (await on.heard(page))["time"] > before
    assert not (await on.heard(page))["paused"]
    # What is said and voted comes as well, by itself.
    await expect(page.locator("[data-connection=live]").first).to_be_attached(timeout=20_000)


@pytest.mark.soak
@pytest.mark.parametrize("face", ["sound", "picture"])
async def test_half_a_minute_offline_needs_no_tap(air: OnAir, face: str):
    page = await air.page()
    await on.press(page, face)
    await on.plays(page)
    await page.context.set_offline(True)
    await asyncio.sleep(30)
    await page.context.set_offline(False)
    back = time.monotonic()
    await on.goes_on(page, 0.5)
    assert time.monotonic() - back < GOES_ON_S


async def test_one_goes_back_to_the_beginning_and_to_live_again(air: OnAir):
    await on.until_on_air(air, 20)
    page = await air.page(None, DESK)
    await on.press(page, "picture")
    await on.plays(page)
    slider = page.get_by_role("slider")
    await slider.fill("0")
    await expect(page.locator("[data-at=behind]")).to_be_visible()

    async def early() -> bool:
        return float((await on.heard(page))["time"]) < 10

    await eventually("the beginning is played", early)
    await on.goes_on(page)
    # On a busy machine the sound may go first for a moment.
    await expect(on.player(page)).to_have_attribute("data-shows", "picture", timeout=30_000)
    await shoot(page, "player-rewound-1280")
    await page.locator("[data-act=live]").click()
    await expect(page.locator("[data-at=live]")).to_be_visible()
    await on.goes_on(page)


async def test_the_keyboard_plays_mutes_and_moves_but_not_while_one_types(air: OnAir):
    await on.until_on_air(air, 20)
    page = await air.page(await air.citizen(), DESK)
    await on.press(page, "picture")
    await on.plays(page)
    status = on.player(page)
    await page.keyboard.press("k")
    await expect(status).to_have_attribute("data-player", "paused")
    await page.keyboard.press(" ")
    await expect(status).to_have_attribute("data-player", "playing")
    await page.keyboard.press("m")
    await expect(page.locator("[data-act=mute]")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("m")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("[data-at=behind]")).to_be_visible()
    await page.keyboard.press("l")
    await expect(page.locator("[data-at=live]")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.locator("[data-legend]")).to_be_visible()
    await shoot(page, "player-legend-1280")
    await page.locator("#ask-text").click()
    await page.keyboard.type("mkl ?")
    await expect(page.locator("#ask-text")).to_have_value("mkl ?")
    await expect(status).to_have_attribute("data-player", "playing")
    await expect(page.locator("[data-act=mute]")).to_have_attribute("aria-pressed", "false")


@pytest.mark.soak
async def test_a_network_too_weak_for_the_picture_keeps_the_sound(air: OnAir):
    page = await air.new_page(PHONE)
    await page.goto(air.palabre.page_url(air.sitting))
    await on.press(page, "picture")
    await on.plays(page)
    network = await page.context.new_cdp_session(page)
    weak = {"offline": False, "latency": 60, "uploadThroughput": 20_000}
    await network.send("Network.enable")
    # The sound needs about 40 kbit/s, the picture about 300 kbit/s.
    await network.send("Network.emulateNetworkConditions", {**weak, "downloadThroughput": 14_000})
    await expect(on.player(page)).to_have_attribute("data-shows", "sound", timeout=40_000)
    await expect(page.locator("[data-notice=reduced]")).to_contain_text("le son continue")
    await on.goes_on(page, 4)
    await shoot(page, "player-reduced-360")
    await is_sound(page)
    await network.send("Network.emulateNetworkConditions", {**weak, "downloadThroughput": -1})
    # By itself, without a tap.
    await expect(on.player(page)).to_have_attribute("data-shows", "picture", timeout=60_000)
    await expect(page.locator("[data-notice=reduced]")).to_have_count(0)
    await on.goes_on(page)


async def test_a_publisher_killed_is_told_and_its_return_goes_on(air: OnAir):
    page = await air.page(await air.citizen())
    await on.press(page, "picture")
    await on.plays(page)
    await asyncio.to_thread(air.sender.kill)
    interrupted = page.get_by_text("La salle est interrompue")
    await expect(interrupted).to_be_visible(timeout=SHOWN_S * 1000)
    await shoot(page, "player-interrupted-360")
    # What is left in the buffer is played; then there is nothing.
    await expect(on.player(page)).to_have_attribute("data-player", "waiting", timeout=30_000)
    await asyncio.to_thread(air.sender.send)
    back = time.monotonic()
    await on.goes_on(page, 0.5, 40)
    assert time.monotonic() - back < GOES_ON_S
    await on.goes_on(page, 2)
    await expect(interrupted).to_have_count(0)


@pytest.mark.soak
async def test_a_pause_and_closed_doors_are_shown_and_it_goes_on(air: OnAir):
    page = await air.page()
    await on.press(page, "sound")
    await on.plays(page)
    for leave, back, says in (
        ("sitting.pause", "sitting.resume", "suspendue"),
        ("sitting.close_doors", "sitting.reopen_doors", "Huis clos"),
    ):
        await air.staff.do(leave)
        await expect(page.get_by_role("status").get_by_text(says).first).to_be_visible()
        await expect(on.player(page)).to_have_count(0)
        await shoot(page, f"player-{back}-360")
        await air.staff.do(back)
        await expect(on.player(page)).to_be_visible(timeout=30_000)
        await on.goes_on(page)


async def test_the_recording_has_a_poster_and_thumbnails_and_plays_from_any_moment(air: OnAir):
    """The last one here: it ends the hearing."""
    await on.until_on_air(air, 36)
    page = await air.page(None, DESK)
    await air.staff.do("sitting.end")
    await expect(page.locator("[data-replay]")).to_be_visible(timeout=30_000)

    async def pictured() -> bool:
        return await orm(make_stills.func, air.sitting.pk) in ("made", "there")

    await eventually("its pictures are made", pictured, 60)
    await page.reload()
    await on.press(page, "picture")
    await on.plays(page)
    poster = await page.locator("video").get_attribute("poster")
    assert poster and (await page.request.get(poster)).status == 200
    slider = page.get_by_role("slider")
    shown = [await on.thumbnail(page, share) for share in (0.1, 0.9)]
    # Another moment, another picture; none of them empty.
    assert shown[0]["place"] != shown[1]["place"]
    assert all(one["colours"] > 8 for one in shown)
    await shoot(page, "player-thumbnail-1280")
    await page.mouse.up()
    await expect(page.locator("[data-thumb]")).to_have_count(0)
    await page.locator("[data-act=speed]").select_option("1.5")
    assert (await on.heard(page))["rate"] == 1.5
    await slider.fill("20")

    async def there() -> bool:
        return 19 < float((await on.heard(page))["time"]) < 32

    await eventually("the 20th second is played", there)
    await on.goes_on(page)
    await shoot(page, "player-replay-1280")
    await is_sound(page)
    await page.locator("[data-act=switch]").click()
    await expect(on.player(page)).to_have_attribute("data-shows", "sound")
    await on.goes_on(page)
