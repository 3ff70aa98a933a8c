"""Sign-in, account and second factor in Chromium, on a telephone and on a desk."""

import json
import re
import secrets
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.support.chromium import DESK, PHONE, Screen
from tests.support.pages import Tab, is_sound
from tests.support.world import World

pytestmark = pytest.mark.browser

CODE = ".code-shown"


@pytest.fixture
def commune(palabre: World) -> str:
    slug = f"essai-{secrets.token_hex(4)}"
    palabre.manage("commune", "create", "--slug", slug, "--name", "Essai")
    return slug


def a_number() -> str:
    """A number of its own for each test: the servers' limits outlive a test."""
    return f"0197{secrets.randbelow(10**6):06}"


def sent_code(palabre: World) -> str:
    """The last code that the console backend printed."""
    codes = re.findall(r"--- text message to .*\n.*?\b(\d{6})\b", palabre.web.tail())
    assert codes, palabre.web.tail()
    return str(codes[-1])


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_signing_up_by_phone(palabre: World, new_page: Tab, screen: Screen):
    page = await new_page(screen)
    number = a_number()
    await page.goto("/connexion/?next=/compte/")
    await is_sound(page)
    await page.locator("#id_contact").fill("12")
    await page.locator("#id_contact").press("Enter")
    await expect(page.locator("#id_contact_error")).to_be_visible()
    await is_sound(page)

    await page.locator("#id_contact").fill(number)
    await page.locator("#id_consent").check()
    await page.locator("#id_contact").press("Enter")
    await page.wait_for_url("**/connexion/code/")
    await expect(page.locator("#id_code")).to_be_focused()
    again = page.locator("button[data-wait]")
    await expect(again).to_be_disabled()
    await expect(again).to_have_text(re.compile(r"\d+ s"))
    assert await page.locator(CODE).count() == 0  # this is no demonstration
    await is_sound(page)

    code = sent_code(palabre)
    await page.locator("#id_code").fill(f"{code[:3]} {code[3:]}")
    await page.locator("#id_code").press("Enter")
    await page.wait_for_url("**/compte/")
    shown = f"+229 {number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8:]}"
    await expect(page.locator("main .contact")).to_have_text(shown)
    await is_sound(page)

    await page.locator("#id_display_name").fill("Afi Dossou")
    await page.locator("#id_language").select_option("en")
    await page.locator("#id_display_name").press("Enter")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#id_display_name")).to_have_value("Afi Dossou")

    await page.goto("/compte/supprimer/")
    await is_sound(page)
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url(palabre.url + "/")
    await page.goto("/compte/")
    assert urlsplit(page.url).path == "/connexion/"


async def test_another_code_may_be_asked_for_when_the_wait_is_over(palabre: World, new_page: Tab):
    page = await new_page(PHONE)
    await page.clock.install()
    await page.goto("/connexion/")
    await page.locator("#id_contact").fill(a_number())
    await page.locator("#id_consent").check()
    await page.locator("#id_contact").press("Enter")
    again = page.locator("button[data-wait]")
    await expect(again).to_be_disabled()
    await page.clock.run_for(31_000)
    await expect(again).to_be_enabled()
    # The browser's clock ran ahead; the server's did not, and says so.
    await again.click()
    await expect(page.locator("main [role=alert]")).to_have_text(re.compile(r"\d+ s"))


async def test_a_link_then_a_passkey(palabre: World, new_page: Tab, commune: str):
    made = json.loads(
        palabre.manage(
            *("account", "create", "--commune", commune, "--role", "admin", "--name", "Reine"),
            "--json",
        )
    )
    # Passkeys belong to a domain: an address of digits cannot have any.
    here = palabre.url.replace("127.0.0.1", "localhost")
    page = await new_page(PHONE)
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= dict.fromkeys(["hasResidentKey", "hasUserVerification", "isUserVerified"], True)
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    await page.goto(here + urlsplit(made["link"]).path)
    await is_sound(page)
    await page.locator("#id_consent").check()
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url("**/espace/")

    await page.goto(f"{here}/{commune}/equipe/")
    await expect(page.locator("main .member")).to_contain_text("Reine")
    await is_sound(page)

    for path in ("", "totp/activate/", "webauthn/add/"):
        await page.goto(f"{here}/connexion/second-facteur/{path}")
        await is_sound(page)
    await page.locator("#id_name").fill("Tablette")
    await page.locator("#id_passwordless").check()
    await page.locator("#mfa_webauthn_add").click()
    await page.locator("#mfa_webauthn_reauthenticate").click()
    await page.wait_for_url("**/recovery-codes/")
    await is_sound(page)
    await page.goto(f"{here}/connexion/second-facteur/webauthn/")
    await expect(page.locator("main table")).to_contain_text("Tablette")
    await is_sound(page)

    await page.goto(f"{here}/deconnexion/")
    await page.locator("main button[type=submit]").click()
    await page.goto(f"{here}/connexion/cle/?next=/{commune}/equipe/")
    await is_sound(page)
    await page.locator("#passkey_login").click()
    await page.wait_for_url(f"{here}/{commune}/equipe/")
