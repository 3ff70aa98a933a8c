"""Drafts and rehearsals: no address of the site says a word of them to anybody but their staff."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from communes.models import Commune, Person
from live.actions.sittings import SittingDraft, edit_sitting
from live.timeline.append import SYSTEM
from tests.live.acting import a_commune, a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db

SECRET = "Cession du terrain quatorze"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = ""
) -> Iterator[str]:
    """Every address of the site, as its patterns are written."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def filled(address: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        for converter in ("", "slug:", "str:", "int:"):
            address = address.replace(f"<{converter}{name}>", value)
    return f"/{address}"


def a_hidden_sitting(commune: Commune, kind: str) -> dict[str, str]:
    """A draft, or a rehearsal under way with a published question, a poll and a promise; what
    stands for it in addresses."""
    rehearsal = kind == "rehearsal"
    sitting = a_sitting(
        "live" if rehearsal else "draft", rehearsal=rehearsal, commune=commune, title=SECRET
    )
    values = {"sitting_id": sitting.pk, "commune": commune.slug, "slug": sitting.slug}
    if rehearsal:
        host = context(sitting, a_person("Léontine", "host", commune=commune), "admin")
        asked = act(host, "question.submit", text=f"{SECRET} : à qui ?", signed=False).result
        act(host, "question.approve", question=asked["question"])
        poll = act(host, "poll.prepare", prompt=SECRET, options=["Oui", "Non"]).result["poll"]
        act(host, "poll.open", poll=poll)
        promise = act(
            host, "commitment.make", wording=SECRET, owner=SECRET, due_on="2099-01-01"
        ).result
        values |= {"poll_id": str(poll), "commitment_id": str(promise["commitment"])}
        values["number"] = values["commitment_id"]
    return {"poll_id": "1", "commitment_id": "1", "number": "1", "update": "1", **values}


def strangers() -> dict[str, Person | None]:
    elsewhere = a_commune("parakou")
    return {
        "visitor": None,
        "citizen": a_person("Afi"),
        "admin elsewhere": a_person("Sourou", "admin", commune=elsewhere),
    }


@pytest.mark.parametrize("kind", ["draft", "rehearsal"])
def test_no_address_says_a_word_of_it(kind):
    commune = a_commune("cotonou")
    values = a_hidden_sitting(commune, kind)
    places = [filled(address, values) for address in addresses()]
    assert any(values["slug"] in place for place in places)
    assert any(values["sitting_id"] in place for place in places)
    known = (SECRET, values["slug"], values["sitting_id"])
    for name, person in strangers().items():
        client = Client()
        if person is not None:
            client.force_login(person, backend=BACKEND)
        for place in places:
            if "<" in place:
                continue
            answer = client.get(place, {"text": SECRET} if place.endswith("/similar") else None)
            body = b"".join(answer) if answer.streaming else answer.content
            text = body.decode("utf-8", "replace")
            own = values["slug"] in place or values["sitting_id"] in place
            assert not (own and answer.status_code == 200), (name, place)
            # A sign-in form carries the address that was asked for, and nothing else of it.
            said = known[:1] if own else known
            assert not any(word in text for word in said), (name, place)


def test_its_own_staff_open_its_page():
    """What the others are refused is there."""
    commune = a_commune("cotonou")
    values = a_hidden_sitting(commune, "rehearsal")
    client = Client()
    client.force_login(a_person("Koffi", "clerk", commune=commune), backend=BACKEND)
    page = client.get(f"/cotonou/seances/{values['slug']}/")
    assert SECRET in page.content.decode()
    timeline = client.get(f"/api/v1/sittings/{values['sitting_id']}/timeline")
    assert SECRET in timeline.content.decode()
    assert timeline["Cache-Control"].startswith("private")


def test_a_draft_edited_in_private_stays_private_in_lists():
    commune = a_commune("cotonou")
    sitting = a_sitting("scheduled", commune=commune, title="Séance ordinaire")
    draft = SittingDraft(
        kind=sitting.kind, title=SECRET, scheduled_at=sitting.scheduled_at, rehearsal=True
    )
    edit_sitting(sitting.pk, draft, SYSTEM)
    client = Client()
    for place in ("/", "/cotonou/", "/cotonou/agenda.ics", "/cotonou/flux.xml", "/api/v1/sittings"):
        assert SECRET not in client.get(place).content.decode(), place
