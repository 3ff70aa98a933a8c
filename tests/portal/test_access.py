"""Every page for a visitor, a citizen, each role, and somebody's role in another commune."""

import io

import pytest
from PIL import Image

from communes.permissions import EVERY_ROLE
from tests.support.factories import make_commune, make_person, make_sitting

#: Page of a sitting to who may open it.
MAY_OPEN = {
    "": EVERY_ROLE | {""},
    "ecran/": EVERY_ROLE | {""},
    "moderation/": {"moderator", "admin"},
    "animation/": {"host", "clerk", "admin"},
    "conduite/": {"clerk", "admin"},
    "studio/": {"host", "clerk", "admin"},
    "preparer/": {"clerk", "admin"},
}


def address(sitting, page: str = "") -> str:
    return f"/{sitting.commune.slug}/seances/{sitting.slug}/{page}"


@pytest.mark.parametrize("role", ["", *sorted(EVERY_ROLE)])
def test_a_role_opens_its_pages_and_no_others(commune, enter, role):
    sitting = make_sitting(commune, "live")
    client = enter(*([role] if role else []))
    for page, allowed in MAY_OPEN.items():
        expected = 200 if role in allowed else 403
        assert client.get(address(sitting, page)).status_code == expected, page
    expected = 200 if role in {"clerk", "admin"} else 403
    assert client.get(f"/{commune.slug}/seances/nouvelle/").status_code == expected
    expected = 200 if role and role != "interpreter" else 403
    assert client.get("/espace/").status_code == expected


@pytest.mark.parametrize("page", [page for page, who in MAY_OPEN.items() if "" not in who])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(commune, visitor, page):
    place = address(make_sitting(commune, "live"), page)
    response = visitor.get(place)
    assert response.status_code == 302
    assert response["Location"] == f"/connexion/?next={place}"


@pytest.mark.parametrize("page", ["/", "/confidentialite/", "/connexion/"])
def test_anyone_opens_what_is_public(db, visitor, page):
    assert visitor.get(page).status_code == 200


def test_a_visitor_may_not_open_the_workplace_or_a_new_sitting(commune, visitor):
    for page in ("/espace/", f"/{commune.slug}/seances/nouvelle/"):
        response = visitor.get(page)
        assert response.status_code == 302
        assert response["Location"] == f"/connexion/?next={page}"


def test_a_role_counts_in_its_own_commune_alone(commune, enter):
    sitting = make_sitting(commune, "live")
    stranger = make_person(make_commune(), "admin")
    client = enter(person=stranger)
    for page, allowed in MAY_OPEN.items():
        expected = 200 if "" in allowed else 403
        assert client.get(address(sitting, page)).status_code == expected, page


def test_a_superuser_opens_everything(commune, enter):
    sitting = make_sitting(commune, "live")
    client = enter(person=make_person(is_superuser=True))
    for page in MAY_OPEN:
        assert client.get(address(sitting, page)).status_code == 200, page


@pytest.mark.parametrize(
    ("state", "rehearsal"), [("draft", False), ("scheduled", True), ("live", True)]
)
def test_drafts_and_rehearsals_do_not_exist_for_others(commune, visitor, enter, state, rehearsal):
    sitting = make_sitting(commune, state, rehearsal=rehearsal, title="Rien encore de public")
    for client in (visitor, enter(), enter(person=make_person(make_commune(), "admin"))):
        for page in ("", "ecran/", "apercu.png"):
            response = client.get(address(sitting, page))
            assert response.status_code == 404
            assert "Rien encore" not in response.content.decode()
        for page in ("/", f"/{commune.slug}/", f"/{commune.slug}/flux.xml"):
            assert "Rien encore" not in client.get(page).content.decode()
    for role in ("moderator", "host", "clerk", "admin", "interpreter"):
        assert enter(role).get(address(sitting)).status_code == 200


@pytest.mark.parametrize("state", ["scheduled", "live", "paused", "closed_doors", "cancelled"])
def test_anyone_opens_what_was_announced(commune, visitor, state):
    sitting = make_sitting(commune, state)
    assert visitor.get(address(sitting)).status_code == 200
    assert visitor.get(address(sitting, "ecran/")).status_code == 200


def test_a_commune_s_sitting_is_not_at_another_commune_s_address(commune, visitor):
    sitting = make_sitting(commune, "live")
    other = make_commune()
    assert visitor.get(f"/{other.slug}/seances/{sitting.slug}/").status_code == 404


def test_unknown_places_are_not_found(db, visitor):
    for page in ("/nulle-part/", "/nulle-part/seances/rien/", "/nulle-part/agenda.ics"):
        assert visitor.get(page).status_code == 404


def test_only_arms_of_the_uploads_are_public(settings, db, tmp_path, visitor):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "arms").mkdir()
    Image.effect_noise((600, 700), 90).save(tmp_path / "arms" / "x.png")
    (tmp_path / "arms" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "secret.txt").write_text("non")
    shown = visitor.get("/fichiers/arms/x.png")
    assert shown.status_code == 200
    assert Image.open(io.BytesIO(shown.content)).size == (141, 164)
    assert len(shown.content) < 25_000
    hidden = ("secret.txt", "arms/../secret.txt", "arms/%2e%2e/secret.txt", "arms/..%2fsecret.txt")
    for path in (*hidden, "arms/", "arms/no", "arms/broken.png", "arms/.."):
        assert visitor.get(f"/fichiers/{path}").status_code == 404, path
