"""Numbers, their hashes, their cipher, and the messages sent to them."""

import base64
import hashlib
import http.server
import json
import threading

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from communes.identity import phone, sms
from communes.identity.adapter import code_text
from communes.identity.contact import Contact

from .conftest import NUMBER


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("01 97 12 34 56", NUMBER),
        ("0197123456", NUMBER),
        ("97 12 34 56", NUMBER),
        ("+22997123456", NUMBER),
        ("00 229 01 97 12 34 56", NUMBER),
        ("(229) 01-97-12-34-56", NUMBER),
        ("01 41 00 00 00", "+2290141000000"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+228 91 23 45 67", "+22891234567"),
    ],
)
def test_numbers_as_people_write_them(typed, number):
    assert phone.parse(typed) == number


@pytest.mark.parametrize("typed", ["", "abc", "1", "+", "0" * 40, "+229", "02 97 12 34 56"])
def test_no_numbers(typed):
    with pytest.raises(phone.NotANumber):
        phone.parse(typed)


def test_land_lines_get_no_text_messages():
    with pytest.raises(phone.NoTextMessages):
        phone.parse("01 21 30 12 34")


@given(st.text(max_size=40))
def test_any_text_is_a_contact_or_a_clear_refusal(text):
    try:
        contact = Contact.either(text)
    except ValidationError:
        return
    assert contact.value
    assert contact.value not in repr(contact)


def test_the_hash_is_keyed(settings):
    settings.PHONE_HASH_KEYS = ["one"]
    first = phone.digest(NUMBER)
    assert first != hashlib.sha256(NUMBER.encode()).hexdigest()
    assert first == phone.digest(NUMBER)
    settings.PHONE_HASH_KEYS = ["two", "one"]
    assert phone.digests(NUMBER)[1] == first
    assert phone.digest(NUMBER) != first


def test_the_cipher_can_change_its_key(settings):
    settings.PHONE_CIPHER_KEYS = ["old"]
    token = phone.encrypt(NUMBER)
    assert NUMBER.encode() not in base64.urlsafe_b64decode(token)
    settings.PHONE_CIPHER_KEYS = ["new", "old"]
    assert phone.decrypt(token) == NUMBER
    settings.PHONE_CIPHER_KEYS = ["new"]
    with pytest.raises(ValueError, match="PHONE_CIPHER_KEYS"):
        phone.decrypt(token)


def test_masks():
    assert phone.masked(NUMBER) == "+229 •••• 56"
    assert Contact.email("Afi@Example.bj").masked == "a•••@example.bj"


GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_message_fits_one_text_message(language, settings):
    """160 characters of GSM 03.38; one other letter, an ê, and it costs two messages."""
    settings.PUBLIC_URL = "https://palabre.akpro-misserete.bj"
    with translation.override(language):
        text = code_text("123456")
    assert set(text) <= GSM
    assert len(text) <= 160
    assert text.endswith("\n\n@palabre.akpro-misserete.bj #123456")


@pytest.fixture
def gateway():
    """A real HTTP server that takes text messages."""
    taken: list[tuple[dict[str, object], str | None]] = []
    answers = [200]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((json.loads(body), self.headers.get("Authorization")))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms", taken, answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_gateway_gets_the_json_it_wants(gateway, settings):
    url, taken, answers = gateway
    settings.SMS_BACKEND = "communes.identity.sms.HttpBackend"
    settings.SMS_URL = url
    settings.SMS_AUTHORIZATION = "Bearer secret"
    settings.SMS_SENDER = "MAIRIE"
    settings.SMS_BODY = json.dumps(
        {"messages": [{"to": ["{to}"], "from": "{sender}", "content": "{text}"}], "flash": False}
    )
    sms.send(NUMBER, 'Il a dit : "{to}"')
    wanted = {"to": [NUMBER], "from": "MAIRIE", "content": 'Il a dit : "{to}"'}
    assert taken == [({"messages": [wanted], "flash": False}, "Bearer secret")]

    answers[0] = 500
    with pytest.raises(sms.SmsFailed) as failed:
        sms.send(NUMBER, "…")
    assert NUMBER not in str(failed.value)
