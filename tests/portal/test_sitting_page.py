"""A sitting's page without JavaScript, and what it hands to its island."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from consultations.models import PollOption
from live.actions import agenda
from live.models import KeyState, Recording, Sitting
from live.timeline.append import By
from tests.live.acting import act, context
from tests.portal.taking_part import STAFF, ask, prepare_poll, send
from tests.support.factories import make_person, make_sitting


def address(sitting, page: str = "") -> str:
    return f"/{sitting.commune.slug}/seances/{sitting.slug}/{page}"


def read(client, sitting, page: str = "") -> str:
    """The text of a page, entities resolved, breaking and other spaces alike."""
    text = html.unescape(client.get(address(sitting, page)).content.decode())
    return text.replace("\u00a0", " ")


def props(client, sitting, page: str = ""):
    body = client.get(address(sitting, page)).content.decode()
    found = re.search(r'<script type="application/json">(.*?)</script>', body)
    assert found
    return json.loads(found[1])


def test_everything_is_read_without_javascript(commune, visitor):
    sitting = make_sitting(
        commune,
        "live",
        title="Reddition de comptes : voirie",
        place="Hôtel de ville",
        summary="Le point sur les rues.",
        agenda=("Ouverture", "Pavage du marché"),
    )
    with transaction.atomic():
        agenda.open_item(sitting.pk, list(sitting.agenda.all())[-1].pk, By("clerk"))
    ask(sitting, "Quand le pavage sera-t-il fini ?", approve=True, supporters=3)
    ask(sitting, "Ceci n'est pas encore lu.", approve=False)
    text = read(visitor, sitting)
    assert "<h1>Reddition de comptes : voirie</h1>" in text
    for shown in ("En direct", "Hôtel de ville", "Le point sur les rues.", "Ouverture"):
        assert shown in text
    point = text[text.index('<li class="point point--open"') :]
    assert "Pavage du marché" in point[: point.index("</li>")]
    question = text[text.index('<li class="asked">') :]
    question = question[: question.index("</li>")]
    assert "Quand le pavage sera-t-il fini ?" in question
    assert ">3<" in question and "Afi" in question
    assert "Ceci n'est pas encore lu" not in text


def test_votes_of_every_kind_and_promises_are_read_without_javascript(commune, visitor):
    sitting = make_sitting(commune, "live")
    host = context(sitting, make_person(commune, "host"), "host")
    citizen = context(sitting, make_person())
    common = {"secret": False}
    mark = act(host, "poll.prepare", prompt="Quelle note ?", kind="rating", **common).result["poll"]
    several = act(
        host,
        "poll.prepare",
        prompt="Quels travaux ?",
        kind="several",
        options=["Rues", "Eau", "Écoles"],
        max_choices=2,
        results="on_reveal",
        **common,
    ).result["poll"]
    for poll in (mark, several):
        act(host, "poll.open", poll=poll)
    grade = PollOption.objects.get(poll=mark, code="4").pk
    act(citizen, "ballot.cast", poll=mark, options=[grade])
    act(host, "poll.close", poll=mark)
    act(
        host,
        "commitment.make",
        wording="Paver la rue 12.",
        owner="Voirie",
        due_on=(timezone.localdate() + timedelta(days=9)).isoformat(),
    )
    text = read(visitor, sitting)
    for shown in (
        "une note de 1 à 5",
        "Moyenne : <strong>4,0</strong> sur 5",
        "jusqu’à 2 réponses par personne",
        "Le résultat s’affiche quand l’animateur le dévoile.",
        "Paver la rue 12.",
        "Voirie",
    ):
        assert shown in text, shown
    assert f"/{commune.slug}/engagements/" in text


def test_a_question_cannot_bring_markup_into_the_page(commune, visitor):
    sitting = make_sitting(commune, "live")
    ask(sitting, "</script><script>alert(1)</script>", approve=True, name="<b>Afi</b>")
    body = visitor.get(address(sitting)).content.decode()
    assert "<script>alert" not in body
    assert "<b>Afi" not in body


def test_questions_are_in_order_of_support_and_answered_ones_last(commune, visitor):
    sitting = make_sitting(commune, "live")
    first = ask(sitting, "Question la plus soutenue", approve=True, supporters=4)
    ask(sitting, "Question un peu soutenue", approve=True, supporters=1)
    ask(sitting, "Question moyenne et soutenue", approve=True, supporters=2)
    order = re.findall(r"Question [a-z ]+", read(visitor, sitting))
    assert order == [
        "Question la plus soutenue",
        "Question moyenne et soutenue",
        "Question un peu soutenue",
    ]
    send(sitting, "question.answer", roles=STAFF, question=first.pk)
    assert re.findall(r"Question [a-z ]+", read(visitor, sitting))[-1] == order[0]


@pytest.mark.parametrize("secret", [True, False])
def test_a_poll_shows_its_result_when_it_may(commune, visitor, secret):
    sitting = make_sitting(commune, "live")
    poll = prepare_poll(sitting, "Par où commencer ?", "Agla", "Vodjè", secret=secret)
    assert "Par où commencer ?" not in read(visitor, sitting)
    send(sitting, "poll.open", roles=STAFF, poll=poll.pk)
    agla = poll.options.all()[0]
    for _ in range(3):
        send(sitting, "ballot.cast", poll=poll.pk, options=[agla.pk])
    opened = read(visitor, sitting)
    assert "Le vote est ouvert" in opened
    if secret:
        assert "vote secret" in opened
        assert "3 · 100" not in opened
    send(sitting, "poll.close", roles=STAFF, poll=poll.pk)
    closed = read(visitor, sitting)
    assert "3 · 100 %" in closed and "0 · 0 %" in closed and "3 votes" in closed


SAYS = {
    "scheduled": "La séance n’a pas commencé",
    "paused": "La séance est suspendue",
    "closed_doors": "Le conseil siège à huis clos",
    "ended": "Son enregistrement se prépare",
    "cancelled": "Cette séance est annulée",
}


@pytest.mark.parametrize("state", SAYS)
def test_every_state_is_said(commune, visitor, state):
    assert SAYS[state] in read(visitor, make_sitting(commune, state))


def test_a_player_without_javascript_where_there_is_something_to_play(commune, visitor, settings):
    sitting = make_sitting(commune, "archived")
    assert "<audio" not in read(visitor, sitting)
    Recording.objects.create(
        sitting=sitting, duration_s=4000, size_bytes=1, has_video=True, has_audio=True
    )
    text = read(visitor, sitting)
    base = f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}"
    noscript = text[text.index("<noscript>") : text.index("</noscript>")]
    assert f'<audio controls preload="none" src="{base}/audio.m3u8">' in noscript
    assert f'src="{base}/index.m3u8"' in noscript
    assert "1 h 07" in text


def test_link_previews(commune, visitor, settings):
    settings.PUBLIC_URL = "https://palabre.example.bj"
    sitting = make_sitting(
        commune, "scheduled", title="Session « ordinaire »", summary="Budget & routes"
    )
    body = visitor.get(address(sitting)).content.decode()
    tags = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', body))
    here = f"https://palabre.example.bj{address(sitting)}"
    assert html.unescape(tags["og:title"]) == "Session «\u00a0ordinaire\u00a0»"
    assert tags["og:url"] == here
    assert tags["og:image"] == f"{here}apercu.png"
    assert "Budget &amp; routes" in tags["og:description"]
    assert re.search(r"20\d\d à \d", html.unescape(tags["og:description"]))
    assert tags["event:start_time"].startswith(f"{sitting.scheduled_at:%Y-%m-%d}")
    picture = visitor.get(address(sitting, "apercu.png"))
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert int.from_bytes(picture.content[16:20]) == 1200
    assert len(picture.content) < 100_000


def test_the_picture_follows_the_sitting_and_a_draft_s_is_not_for_caches(commune, visitor, enter):
    sitting = make_sitting(commune, "scheduled", title="Avant")
    before = visitor.get(address(sitting, "apercu.png"))
    assert "public" in before["Cache-Control"]
    assert visitor.get(address(sitting, "apercu.png")).content == before.content
    Sitting.objects.filter(pk=sitting.pk).update(title="Après")
    assert visitor.get(address(sitting, "apercu.png")).content != before.content
    draft = make_sitting(commune, "draft")
    assert "private" in enter("clerk").get(address(draft, "apercu.png"))["Cache-Control"]


def test_pages_of_the_staff_are_not_for_search_engines(commune, enter):
    sitting = make_sitting(commune, "draft")
    assert 'name="robots" content="noindex"' in read(enter("clerk"), sitting)
    assert 'name="robots" content="noindex"' in read(enter("clerk"), sitting, "conduite/")


def test_props_of_a_visitor(commune, visitor, settings):
    sitting = make_sitting(commune, "live", title="</script><script>")
    given = props(visitor, sitting)
    assert given["sitting"] == {
        "id": sitting.pk,
        "title": "</script><script>",
        "kind": "hearing",
        "state": "live",
        "commune": "Cotonou",
        "scheduled_at": int(sitting.scheduled_at.timestamp() * 1000),
        "rehearsal": False,
    }
    assert given["me"] is None
    assert given["stream"] == "public"
    assert given["language"] == "fr"
    assert given["gigabyte_price"] == commune.gigabyte_price
    assert given["gigabyte_source"] == commune.gigabyte_source
    assert set(given["urls"]) == {
        "page", "projector", "ws", "timeline", "manifest", "hls", "audio", "signin",
        "similar", "polls_csv", "commitments",
    }  # fmt: skip
    assert given["urls"]["ws"] == f"ws://testserver/ws/sittings/{sitting.pk}/"
    assert given["urls"]["hls"] == f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}/index.m3u8"
    assert given["urls"]["signin"].startswith("/connexion/?next=%2F")


FILMING = ("studio", "publish_token", "preview")
ANY_STAFF = {"ticket", "push", "hall_code", "staff", "documents", "media"}
ADDED = {
    "": {"ticket", "push"},
    "moderator": {*ANY_STAFF, "desk"},
    "host": {*ANY_STAFF, "host", *FILMING},
    "clerk": {*ANY_STAFF, "host", *FILMING, "control", "prepare"},
}


@pytest.mark.parametrize("role", ADDED)
def test_props_hold_what_one_may_use(commune, enter, role):
    sitting = make_sitting(commune, "live")
    given = props(enter(*([role] if role else [])), sitting)
    common = {"page", "projector", "ws", "timeline", "manifest", "hls", "audio"}
    common |= {"similar", "polls_csv", "commitments"}
    assert set(given["urls"]) - common == ADDED[role]
    assert given["me"]["roles"] == ([role] if role else [])
    assert given["stream"] == "public"


def test_workplaces_follow_the_staff_stream(commune, enter):
    sitting = make_sitting(commune, "live")
    for page in ("moderation/", "animation/", "conduite/", "studio/"):
        assert props(enter("admin"), sitting, page)["stream"] == "staff"
    assert props(enter("admin"), sitting, "ecran/")["stream"] == "public"


def test_a_rehearsal_is_played_with_a_token(commune, enter):
    sitting = make_sitting(commune, "live", rehearsal=True)
    assert f"/hls/{sitting.pk}/~" in props(enter("host"), sitting)["urls"]["hls"]


def test_the_hall_s_screen_has_the_address_and_its_code(commune, visitor, settings):
    settings.PUBLIC_URL = "https://palabre.example.bj"
    sitting = make_sitting(commune, "live")
    text = read(visitor, sitting, "ecran/")
    assert f"palabre.example.bj{address(sitting)}".rstrip("/") in text
    assert '<svg role="img" aria-label="Code QR' in text


def test_states_of_other_years_are_still_shown(commune, visitor):
    """A timeline keeps what it was given: fields come and go, pages of old sittings stay."""
    sitting = make_sitting(commune, "live", agenda=())
    old = {
        "question/901": {"id": 901, "text": "D'avant", "state": "a_state_of_another_year"},
        "question/902": {
            "id": 902,
            "text": "D'après",
            "answer": {"text": "Oui.", "new": 1},
            "x": 2,
        },
        "agenda/903": {"id": 903, "title": "Un point d'alors"},
        "poll/904": {
            "prompt": "Alors ?",
            "state": "closed",
            "options": [{"id": 1, "label": "Oui"}],
        },
        "stream": {},
    }
    for key, state in old.items():
        KeyState.objects.create(timeline=sitting.timeline, key=key, state=state, public=True, seq=1)
    text = read(visitor, sitting)
    for shown in ("D'avant", "D'après", "Oui.", "Un point d'alors", "Alors ?"):
        assert shown in text
