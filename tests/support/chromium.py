"""A real Chromium: one browser a session, a new context (cookies, storage) for each test."""

import shutil
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    # A camera and a microphone that need no hardware, and whose use is granted.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Loopback addresses in ICE candidates as they are, not behind an mDNS name.
    "--disable-features=Translate,MediaRouter,OptimizationHints,WebRtcHideLocalIpsWithMdns",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Screen:
    """A viewport in CSS pixels; `mobile`: with touch, laid out as phones do."""

    width: int
    height: int
    mobile: bool


#: A cheap telephone, and a desk.
PHONE = Screen(360, 740, mobile=True)
DESK = Screen(1280, 800, mobile=False)


def executable() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return str(found)


async def launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(
        executable_path=executable(), headless=True, args=list(FLAGS)
    )
