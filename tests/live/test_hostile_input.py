"""Nonsense at every entry of HTTP and the WebSocket: answered clearly, and hurting nobody else."""

import contextlib
import json

import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed

from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.protocol.signing import BadSignature, check_request
from live.transport.consumer import Query
from live.transport.dispatch import Sender, decode, prepare
from live.transport.limits import MAX_BAD_FRAMES
from tests.live.acting import a_person, a_sitting
from tests.support.factories import make_commune, make_sitting, orm

HUGE = str(2**70)
NASTY = ("abc", "", "-1", HUGE, f"-{HUGE}", "%00", "%FF", "1e9", "%C2%B2", "a" * 3000)
ADDRESSES = (
    "/api/v1/sittings?commune={}",
    "/api/v1/sittings?state={}",
    "/api/v1/sittings?offset={}",
    "/api/v1/sittings?limit={}",
    "/api/v1/sittings/{}",
    "/api/v1/sittings/{}/timeline",
    "/api/v1/sittings/{}/manifest",
    "/api/v1/sittings/{}/polls",
    "/api/v1/sittings/{}/transparency",
    "/api/v1/sittings/ID/timeline?since={}",
    "/api/v1/sittings/ID/timeline?since=0&epoch={}",
    "/api/v1/sittings/ID/polls/{}",
    "/api/v1/sittings/ID/polls/{}/results.csv",
    "/api/v1/sittings/ID/similar?text=abc{}",
    "/api/v1/communes/{}/commitments",
    "/api/v1/communes/{}/transparency",
    "/api/v1/communes/cotonou/commitments?state={}",
    "/api/v1/communes/cotonou/commitments?offset={}",
    "/api/v1/communes/cotonou/commitments?limit={}",
    "/api/v1/communes/cotonou/commitments/{}",
    "/cotonou/engagements/?etat={}",
    "/cotonou/engagements/?state={}",
    "/cotonou/engagements/?page={}",
    "/cotonou/engagements/?q={}",
    "/connexion/?next={}",
    "/connexion/lien/{}/",
    "/rappels/{}/",
    "/fichiers/arms/{}",
    "/cotonou/seances/{}/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_nonsense_in_an_address_is_answered(address):
    sitting = a_sitting()
    client = Client(raise_request_exception=False)
    for nonsense in NASTY:
        place = address.replace("ID", sitting.pk).format(nonsense)
        assert client.get(place).status_code < 500, place


def test_a_query_of_a_socket_that_cannot_be_read_counts_as_not_given():
    for raw in (b"since=%C2%B2", b"since=\xff\xfe", b"since=-1", b"since=" + b"9" * 40, b"&&=&=="):
        assert Query.of(raw).since is None


@pytest.mark.parametrize(
    "args",
    [
        {"poll": 2**70, "options": [1]},
        {"poll": 1, "options": [-(2**70)]},
        {"text": "a\u0000b"},
        {"deep": [{"deeper": ["\u0000"]}]},
        {"a\u0000": 1},
    ],
)
def test_what_no_database_can_hold_is_refused_before_it_gets_there(args):
    raw = json.dumps({"id": "12345678", "command": "ballot.cast", "args": args})
    sender = Sender(Context("22222222222z", 1), "127.0.0.1")
    with pytest.raises(Refused) as refused:
        prepare(decode(raw), sender)
    assert refused.value.code is ErrorCode.INVALID


def test_a_signature_in_strange_letters_is_a_bad_one():
    for header in ("t=²,v1=é", "t=1,v1=é", "t=,v1=", "é", ",,,", None):
        with pytest.raises(BadSignature):
            check_request(header, "POST", "/internal/media/facts", b"", b"key")


@pytest.mark.django_db
def test_facts_with_a_strange_signature_are_refused():
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/internal/media/facts",
        data=b"{}",
        content_type="application/json",
        headers={"x-palabre-signature": "t=1,v1=\u00e9"},
    )
    assert answer.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["ticket", "publish-token"])
def test_a_foreign_page_cannot_borrow_a_session(path):
    sitting = a_sitting()
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        a_person("Koffi", "clerk"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    answer = client.post(f"/api/v1/sittings/{sitting.pk}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("command", ["question.submit", "no.such"])
async def test_a_visitor_who_goes_on_sending_commands_is_sent_away(palabre, command):
    sitting = await orm(make_sitting, await orm(make_commune))
    async with await palabre.ws(sitting) as socket:
        await socket.ready()
        with contextlib.suppress(ConnectionClosed):
            for _ in range(MAX_BAD_FRAMES + 10):
                await socket.send(command, text="Et l'eau ?")
        assert await socket.closed() == 4400
        refused = socket.of("refused")
        assert {frame["code"] for frame in refused} <= {"sign_in", "unknown_command"}
        assert len(refused) >= MAX_BAD_FRAMES
