"""The pages of concerns and their API: what everyone sees, who may do what, without JavaScript."""

import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from communes.models import Arrondissement
from consultations.models import Comment, Concern, ConcernFollower, ConcernPhoto, ConcernSupport
from live.models import Sitting, Timeline
from live.transport import limits
from tests.consultations.concerning import ROAD, a_concern, act, picture
from tests.support.factories import make_commune, make_person, make_sitting

OFFICE = "Rachidath Fictive, voirie"
WATER = "La pompe du village est en panne depuis un mois, plus personne n'a d'eau."


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def limits_anew() -> None:
    """A person of a test that was rolled back may have had the same number."""
    limits._windows = limits._Windows()


@pytest.fixture
def concern(commune) -> Concern:
    return a_concern(commune, make_person())


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def address(concern: Concern) -> str:
    return f"/{concern.commune.slug}/preoccupations/{concern.pk}/"


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def new(client: Client, commune, **fields):
    return client.post(
        f"/{commune.slug}/preoccupations/nouvelle/",
        {"category": "roads", "text": ROAD, "quarter": "", "send": "1", **fields},
    )


# ── the list ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_list_invites(commune, visitor):
    page = read(visitor, f"/{commune.slug}/preoccupations/")
    assert "La vôtre serait la première" in page
    assert f"/ws/boards/{commune.pk}/" in page, "and hears of the first one"


def test_one_supports_from_the_list_by_one_tap_and_comes_back_to_it(commune, concern, enter):
    path = f"/{commune.slug}/preoccupations/?ordre=support"
    citizen = enter()
    assert 'name="support"' in read(citizen, path)
    answer = citizen.post(path, {"support": concern.pk})
    assert answer.status_code == 302 and answer.url == f"{path}#c{concern.pk}"
    assert 'name="unsupport"' in read(citizen, path)
    assert Concern.objects.get(pk=concern.pk).supports == 1
    citizen.post(path, {"unsupport": concern.pk})
    assert Concern.objects.get(pk=concern.pk).supports == 0


def test_supporting_from_the_list_is_for_whoever_is_signed_in_and_for_what_is_open(
    commune, concern, visitor, enter
):
    path = f"/{commune.slug}/preoccupations/"
    assert f"/connexion/?next={path}%23c{concern.pk}" in read(visitor, path)
    answer = visitor.post(path, {"support": concern.pk})
    assert answer.status_code == 302 and answer.url.startswith("/connexion/?next=")
    citizen = enter()
    elsewhere = a_concern(make_commune(), make_person())
    for given in ({}, {"support": "x"}, {"support": elsewhere.pk}, {"support": "9" * 30}):
        assert citizen.post(path, given).status_code == 404
    hidden = a_concern(commune, make_person(), WATER, published=False)
    act(concern, make_person(commune, "clerk"), "concern.move", state="done", office=OFFICE)
    for one in (hidden, concern):
        citizen.post(path, {"support": one.pk})
        assert Concern.objects.get(pk=one.pk).supports == 0
    assert 'name="support"' not in read(citizen, path)


def test_the_list_is_read_over_http_where_no_socket_gets_through(commune, concern, visitor):
    address = f"/api/v1/communes/{commune.slug}/concern-board/timeline"
    first = visitor.get(address).json()
    assert set(first["states"]) == {"listed"}
    a_concern(commune, make_person(), WATER, published=False)
    where = {"since": first["seq"], "epoch": first["epoch"]}
    assert visitor.get(address, where).json()["entries"] == []
    said = act(concern, make_person(), "comment.submit", text="Chez nous aussi.")
    [entry] = visitor.get(address, where).json()["entries"]
    assert said and entry["state"]["now"]["comments"] == 1
    empty = make_commune()
    assert visitor.get(f"/api/v1/communes/{empty.slug}/concern-board/timeline").status_code == 404


def test_the_list_is_narrowed_ordered_and_paged(commune, visitor, concern):
    water = a_concern(commune, make_person(), WATER, category="water")
    hidden = a_concern(commune, make_person(), "Le lampadaire est cassé.", published=False)
    act(water, make_person(), "concern.support")
    base = f"/{commune.slug}/preoccupations/"
    text = read(visitor, base)
    assert text.index(WATER) < text.index(ROAD) and hidden.text not in text
    assert WATER not in read(visitor, f"{base}?categorie=roads")
    assert ROAD in read(visitor, f"{base}?etat=received")
    assert "Rien ne correspond" in read(visitor, f"{base}?etat=done")
    act(concern, make_person(), "concern.support")
    act(concern, make_person(), "concern.support")
    for order in ("support", "rising"):
        text = read(visitor, f"{base}?ordre={order}")
        assert text.index(ROAD) < text.index(WATER)
    for nonsense in ("categorie=' OR 1", "arrondissement=99999999999", "page=zz", "ordre=x"):
        assert visitor.get(f"{base}?{nonsense}").status_code == 200
    for nothing in ("etat=pending", "arrondissement=x"):
        # Everything is shown, so what comes belongs in it.
        text = read(visitor, f"{base}?{nothing}")
        assert ROAD in text and 'class="narrow" open' not in text
    part = Arrondissement.objects.create(commune=commune, name="Togba")
    Concern.objects.filter(pk=water.pk).update(arrondissement=part)
    text = read(visitor, f"{base}?arrondissement={part.pk}")
    assert WATER in text and ROAD not in text


def test_twenty_on_a_page(commune, visitor, concern):
    common = {name: getattr(concern, name) for name in ("commune", "category", "state")}
    for n in range(21):
        Concern.objects.create(
            **common, timeline=Timeline.objects.create(), text=f"Numéro {n} de la liste",
            submitted_at=concern.submitted_at, published_at=concern.published_at,
            changed_at=concern.changed_at,
        )  # fmt: skip
    base = f"/{commune.slug}/preoccupations/"
    first, second = read(visitor, base), read(visitor, f"{base}?page=2")
    assert first.count('class="matter"') == 20 and second.count('class="matter"') == 2
    assert len(first.encode()) < 100_000


# ── raising ───────────────────────────────────────────────────────────────────────────────────


def test_a_visitor_signs_in_first_and_comes_back(commune, visitor):
    path = f"/{commune.slug}/preoccupations/nouvelle/"
    assert visitor.get(path)["Location"].endswith(f"next={path.replace('/', '%2F')}") or (
        path in visitor.get(path)["Location"]
    )
    assert new(visitor, commune).status_code == 302
    assert not Concern.objects.exists()


def test_two_steps_and_what_others_said_between_them(commune, enter, concern):
    client = enter()
    path = f"/{commune.slug}/preoccupations/nouvelle/"
    assert "Étape 1 sur 2" in read(client, path)
    answer = client.post(path, {"category": "roads", "text": ROAD, "next": "1"})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 200 and "Étape 2 sur 2" in text
    assert "L’une de celles-ci" in text and address(concern) in text
    other = client.post(path, {"category": "roads", "text": WATER, "next": "1"})
    assert "L’une de celles-ci" not in html.unescape(other.content.decode())
    back = client.post(path, {"category": "roads", "text": ROAD, "back": "1"})
    assert ROAD in html.unescape(back.content.decode())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "Trou"}, "au moins 10"),
        ({"text": ""}, "quelque chose"),
        ({"category": ""}, "de quoi il s’agit"),
    ],
)
def test_what_lacks_is_said_and_nothing_typed_is_lost(commune, enter, fields, says):
    client = enter()
    typed = {"category": "roads", "text": ROAD, **fields}
    path = f"/{commune.slug}/preoccupations/nouvelle/"
    answer = client.post(path, {**typed, "next": "1"})
    assert answer.status_code == 422
    text = html.unescape(answer.content.decode())
    assert says in text and typed["text"] in text


def test_raised_with_photos_and_shown_to_its_author_alone_until_published(commune, enter, visitor):
    client, person = enter(), None
    answer = new(client, commune, photos=[upload(picture((900, 600))), upload(picture())])
    concern = Concern.objects.get()
    person = concern.author
    assert answer["Location"] == address(concern)
    photos = list(concern.photos.all())
    assert [(photo.width, photo.height) for photo in photos] == [(900, 600), (80, 60)]
    path = f"/{commune.slug}/preoccupations/photos/{photos[0].name}-640.webp"
    shown = client.get(path)
    assert shown["Content-Type"] == "image/webp" and "private" in shown["Cache-Control"]
    with Image.open(io.BytesIO(b"".join(shown.streaming_content))) as image:
        assert image.size == (640, 427)
    assert "attend un modérateur" in read(client, address(concern))
    stranger = enter(person=make_person(make_commune(), "moderator"))
    for other in (visitor, enter(), stranger):
        assert other.get(address(concern)).status_code == 404
        assert other.get(path).status_code == 404
    act(concern, make_person(commune, "moderator"), "concern.approve")
    assert "public" in visitor.get(path)["Cache-Control"]
    assert visitor.get(path.replace("-640", "-641")).status_code == 404
    assert ROAD in read(visitor, address(concern))
    assert person is not None


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>", "pas une image"), (b"\xff\xd8\xff\xe0 coup", "pas une image")],
)
def test_a_photo_that_is_none_keeps_the_words_and_no_file(commune, enter, settings, content, says):
    answer = new(enter(), commune, photos=[upload(picture()), upload(content, "../../a.jpg")])
    assert answer.status_code == 422
    text = html.unescape(answer.content.decode())
    assert says in text and ROAD in text
    assert not Concern.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_five_photos_are_too_many_and_the_same_form_twice_raises_one(commune, enter):
    client = enter()
    assert new(client, commune, photos=[upload(picture()) for _ in range(5)]).status_code == 422
    for _ in range(2):
        assert new(client, commune, client_id="abcdef123456", photos=[upload(picture())])
    assert Concern.objects.count() == ConcernPhoto.objects.count() == 1


def test_nobody_raises_without_end(commune, enter):
    client = enter()
    answers = [new(client, commune, text=f"{ROAD} {n}").status_code for n in range(5)]
    assert answers == [302, 302, 302, 422, 422]
    assert Concern.objects.count() == 3


# ── the page ──────────────────────────────────────────────────────────────────────────────────


def test_citizens_support_follow_comment_and_report_without_javascript(visitor, enter, concern):
    client, path = enter(), address(concern)
    assert visitor.post(path, {"do": "support"}).status_code == 302
    assert not ConcernSupport.objects.exists()
    for do in ("support", "support", "follow", "report"):
        client.post(path, {"do": do, "code": "insult"})
    assert ConcernSupport.objects.count() == 1
    assert ConcernFollower.objects.filter(concern=concern).count() == 2
    client.post(path, {"do": "comment", "text": "Chez nous aussi."})
    first = Comment.objects.get()
    client.post(path, {"do": "reply", "comment": first.pk, "text": "Oui, rue 12."})
    text = read(client, path)
    assert "Vous la soutenez" in text and "Oui, rue 12." in text
    client.post(path, {"do": "withdraw_comment", "comment": first.pk})
    assert "Chez nous aussi." not in read(client, path)
    client.post(path, {"do": "unsupport"})
    assert not ConcernSupport.objects.exists()
    assert client.post(path, {"do": "nonsense"}).status_code == 404
    empty = client.post(path, {"do": "comment", "text": " "})
    assert empty.status_code == 422


def test_who_may_speak_for_the_commune_and_who_may_not(commune, enter, concern):
    path = address(concern)
    posts = (
        {"do": "move", "state": "taken_up", "office": OFFICE, "note": "Vu."},
        {"do": "answer", "text": "Nous venons lundi.", "office": OFFICE},
    )
    elsewhere = enter(person=make_person(make_commune(), "admin"))
    for client in (enter(), enter("moderator"), enter("interpreter"), elsewhere):
        assert 'value="move"' not in client.get(path).content.decode()
        for data in posts:
            client.post(path, data)
    concern.refresh_from_db()
    assert concern.state == "received" and not Comment.objects.exists()
    for n, role in enumerate(("clerk", "host", "admin")):
        assert 'value="answer"' in enter(role).get(path).content.decode()
        assert enter(role).post(path, posts[1]).status_code == 302
        assert Comment.objects.count() == n + 1
    assert enter("clerk").post(path, posts[0]).status_code == 302
    text = read(enter(), path)
    assert "La commune répond" in text and OFFICE in text and "prise en charge" in text


def test_declining_without_a_reason_keeps_what_was_typed(enter, concern):
    answer = enter("clerk").post(
        address(concern), {"do": "move", "state": "refused", "office": OFFICE}
    )
    assert answer.status_code == 422
    text = html.unescape(answer.content.decode())
    assert "Dites pourquoi" in text and OFFICE in text


def test_who_may_moderate_and_who_may_not(commune, enter, concern):
    path = address(concern)
    elsewhere = enter(person=make_person(make_commune(), "moderator"))
    for client in (enter(), enter("clerk"), enter("host"), elsewhere):
        client.post(path, {"do": "reject", "code": "insult"})
        concern.refresh_from_db()
        assert concern.state == "received"
    moderator = enter("moderator")
    moderator.post(path, {"do": "reject", "code": "insult", "reason": "Voir la charte."})
    author = enter(person=concern.author)
    assert "Voir la charte." in read(author, path)
    assert enter().get(path).status_code == 404
    moderator.post(path, {"do": "approve"})
    assert enter().get(path).status_code == 200


def test_before_a_sitting_of_ones_own_commune_alone(commune, enter, concern):
    ours, theirs = make_sitting(commune, "scheduled"), make_sitting(make_commune(), "scheduled")
    path, clerk = address(concern), enter("clerk")
    text = read(clerk, path)
    assert ours.title in text and theirs.title not in text
    for sitting, status in ((theirs, 422), (ours, 302)):
        data = {"do": "refer", "sitting": sitting.pk, "target": "agenda"}
        assert clerk.post(path, data).status_code == status
    assert Sitting.objects.get(pk=ours.pk).agenda.count() == 3
    assert Sitting.objects.get(pk=theirs.pk).agenda.count() == 2


def test_the_old_address_of_a_joined_concern_leads_to_the_other(commune, visitor, concern):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    moderator = make_person(commune, "moderator")
    act(concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    assert visitor.get(address(concern))["Location"] == address(other)
    assert "1 autre préoccupation semblable" in read(visitor, address(other))


def test_a_concern_is_at_no_other_communes_address(concern, visitor):
    other = make_commune()
    assert visitor.get(f"/{other.slug}/preoccupations/{concern.pk}/").status_code == 404


# ── the desk and the settings ─────────────────────────────────────────────────────────────────


def test_the_desk_is_for_the_communes_moderators(commune, enter, visitor):
    waiting = a_concern(commune, make_person(), WATER, published=False)
    path = f"/{commune.slug}/preoccupations/moderation/"
    assert visitor.get(path).status_code == 302
    stranger = enter(person=make_person(make_commune(), "admin"))
    for client in (enter(), enter("clerk"), stranger):
        assert client.get(path).status_code == 403
    text = read(enter("moderator"), path)
    assert waiting.text in text
    ticket = f"/api/v1/communes/{commune.slug}/concern-board/ticket"
    token = {"HTTP_X_CSRFTOKEN": "x" * 32}
    for client, status in ((visitor, 401), (stranger, 403), (enter("clerk"), 200)):
        client.cookies["csrftoken"] = "x" * 32
        assert client.post(ticket, **token).status_code == status


def test_the_commune_says_how_it_takes_concerns(commune, enter):
    path = f"/{commune.slug}/preoccupations/reglages/"
    assert enter("moderator").get(path).status_code == 403
    assert enter(person=make_person(make_commune(), "clerk")).get(path).status_code == 403
    clerk = enter("clerk")
    assert "Voirie" in read(clerk, path)
    data = {
        "moderation": "after", "comment_moderation": "before", "categories": ["roads", "water"],
        "own": "Cimetières\n\n", "arrondissements": "Togba\nGodomey\n",
        "second_opinion": "on", "second_opinion_hours": "24",
    }  # fmt: skip
    assert clerk.post(path, data).status_code == 302
    commune.concern_board.refresh_from_db()
    board = commune.concern_board
    assert (board.moderation, board.second_opinion, board.second_opinion_hours) == (
        "after", True, 24,
    )  # fmt: skip
    text = read(enter(), f"/{commune.slug}/preoccupations/nouvelle/")
    assert "Cimetières" in text and "Santé" not in text
    assert [row.name for row in commune.arrondissements.all()] == ["Togba", "Godomey"]
    assert clerk.post(path, {**data, "categories": [], "own": ""}).status_code == 422
    assert clerk.post(path, {**data, "second_opinion_hours": "0"}).status_code == 422
