"""Preparing a sitting with the form, as a browser without JavaScript sends it."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.utils import timezone

from live.actions import agenda as agenda_actions
from live.models import Sitting
from live.timeline.append import By
from tests.support.factories import make_sitting, move


def rows(*points: dict[str, Any], initial: int = 0) -> dict[str, str]:
    data = {
        "agenda-TOTAL_FORMS": str(len(points)),
        "agenda-INITIAL_FORMS": str(initial),
        "agenda-MIN_NUM_FORMS": "0",
        "agenda-MAX_NUM_FORMS": "60",
    }
    for n, point in enumerate(points):
        data |= {f"agenda-{n}-{name}": str(value) for name, value in point.items()}
    return data


def form(**changes: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=10)
    return {
        "kind": "hearing",
        "title": "Reddition de comptes de l'année",
        "day": f"{day:%Y-%m-%d}",
        "time": "09:30",
        "place": "Salle des fêtes",
        "summary": "Ce qui a été fait.",
        **changes,
    }


def page(sitting: Sitting) -> str:
    return f"/{sitting.commune.slug}/seances/{sitting.slug}/preparer/"


def seen(client, sitting: Sitting) -> str:
    return str(client.get(page(sitting)).context["seen"])


def points(sitting: Sitting) -> list[tuple[int, str, str, int | None]]:
    return list(sitting.agenda.values_list("position", "title", "presenter", "minutes"))


@pytest.fixture
def clerk(enter):
    return enter("clerk")


@pytest.fixture
def new(commune) -> str:
    return f"/{commune.slug}/seances/nouvelle/"


def test_a_draft_with_its_agenda(commune, clerk, new):
    response = clerk.post(
        new,
        form(save="")
        | rows(
            {"position": 2, "title": "Budget", "presenter": "M. Dossou", "minutes": 20},
            {"position": 1, "title": "Ouverture", "presenter": "", "minutes": ""},
            {"position": 3, "title": "", "presenter": "", "minutes": ""},
        ),
    )
    sitting = Sitting.objects.get(commune=commune)
    assert response.status_code == 302 and response["Location"] == page(sitting)
    assert sitting.state == "draft"
    assert sitting.slug == "reddition-de-comptes-de-lannee"
    local = timezone.localtime(sitting.scheduled_at)
    assert (local.hour, local.minute, local.utcoffset()) == (9, 30, timedelta(hours=1))
    assert points(sitting) == [(1, "Ouverture", "", None), (2, "Budget", "M. Dossou", 20)]
    assert sitting.created_by is not None


def test_announcing_at_once(commune, clerk, new):
    clerk.post(new, form(publish="") | rows())
    assert Sitting.objects.get(commune=commune).state == "scheduled"
    assert "annoncée" in clerk.get(page(Sitting.objects.get(commune=commune))).content.decode()


def test_two_sittings_of_one_title_have_two_addresses(commune, clerk, new):
    for _ in range(2):
        clerk.post(new, form() | rows())
    assert len({sitting.slug for sitting in Sitting.objects.filter(commune=commune)}) == 2


BAD = [
    ({"title": ""}, "Donnez un titre à la séance."),
    ({"title": "x" * 161}, "Au plus 160 caractères (il y en a 161)."),
    ({"day": ""}, "Dites quel jour."),
    ({"day": "2026-02-31"}, "Ce n’est pas une date."),
    ({"day": "2020-01-01"}, "Ce jour est passé."),
    ({"time": ""}, "Dites à quelle heure."),
    ({"time": "25:00"}, "Ce n’est pas une heure."),
    ({"kind": ""}, "Dites de quelle séance il s’agit."),
    ({"kind": "picnic"}, "picnic"),
    ({"summary": "x" * 2001}, "2000"),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_bad_input_is_said_and_nothing_is_lost(commune, clerk, new, change, words):
    point = {"position": 1, "title": "Point déjà écrit"}
    response = clerk.post(new, form(place="Place du marché", **change) | rows(point))
    text = response.content.decode().replace("\u00a0", " ")
    assert response.status_code == 422
    assert words in text
    assert "Place du marché" in text and "Point déjà écrit" in text
    assert not Sitting.objects.filter(commune=commune).exists()


BAD_POINTS = [
    ({"title": "Budget", "minutes": "beaucoup"}, "Un nombre entier de minutes."),
    ({"title": "Budget", "minutes": "0"}, "Au moins une minute."),
    ({"title": "Budget", "minutes": "601"}, "Au plus 600 minutes."),
    ({"title": "Budget", "position": "premier"}, "Un nombre entier."),
    ({"title": "", "presenter": "M. Dossou"}, "Dites de quoi parle ce point."),
    ({"title": "x" * 201}, "Au plus 200 caractères (il y en a 201)."),
]


@pytest.mark.parametrize(("point", "words"), BAD_POINTS)
def test_a_bad_point_is_said(commune, clerk, new, point, words):
    response = clerk.post(new, form() | rows(point))
    assert response.status_code == 422
    assert words in response.content.decode().replace("\u00a0", " ")
    assert not Sitting.objects.filter(commune=commune).exists()


def test_too_many_points_and_a_broken_form(commune, clerk, new):
    many = rows(*({"title": f"Point {n}"} for n in range(61)))
    assert clerk.post(new, form() | many).status_code == 422
    assert clerk.post(new, form() | {"agenda-TOTAL_FORMS": "x"}).status_code == 422
    assert (
        clerk.post(new, form() | rows() | {"agenda-TOTAL_FORMS": "x", "more": ""}).status_code
        == 200
    )
    assert not Sitting.objects.filter(commune=commune).exists()


def test_more_points_keeps_what_was_typed_and_saves_nothing(commune, clerk, new):
    typed = rows({"position": 1, "title": "Ouverture", "minutes": "beaucoup"})
    response = clerk.post(new, form(title="", place="Ici", more="") | typed)
    text = response.content.decode()
    assert response.status_code == 200
    assert 'value="Ouverture"' in text and 'value="beaucoup"' in text and 'value="Ici"' in text
    assert 'name="agenda-3-title"' in text
    assert 'aria-invalid="true"' not in text
    assert not Sitting.objects.filter(commune=commune).exists()


def test_reordering_removing_and_adding(commune, clerk):
    sitting = make_sitting(commune, "draft", agenda=("Un", "Deux", "Trois"))
    one, two, three = sitting.agenda.values_list("pk", flat=True)
    response = clerk.post(
        page(sitting),
        form(seen=seen(clerk, sitting))
        | rows(
            {"id": one, "position": 3, "title": "Un"},
            {"id": two, "position": 2, "title": "Deux", "remove": "on"},
            {"id": three, "position": 1, "title": "Trois"},
            {"position": 4, "title": "Quatre"},
            initial=3,
        ),
    )
    assert response.status_code == 302
    kept = list(sitting.agenda.values_list("pk", "title"))
    assert kept[:2] == [(three, "Trois"), (one, "Un")]
    assert kept[2][1] == "Quatre" and len(kept) == 3


def test_saving_without_a_change_writes_nothing(commune, clerk):
    sitting = make_sitting(commune, "scheduled", agenda=("Un",), summary="Rien de neuf.")
    before = sitting.timeline.seq
    local = timezone.localtime(sitting.scheduled_at)
    sitting.scheduled_at = local.replace(second=0, microsecond=0)
    sitting.save()
    clerk.post(
        page(sitting),
        form(
            seen=seen(clerk, sitting),
            title=sitting.title,
            day=f"{local:%Y-%m-%d}",
            time=f"{local:%H:%M}",
            place="",
            summary="Rien de neuf.",
        )
        | rows({"id": sitting.agenda.get().pk, "position": 1, "title": "Un"}, initial=1),
    )
    sitting.timeline.refresh_from_db()
    assert sitting.timeline.seq == before


def test_announcing_withdrawing_and_cancelling(commune, clerk, visitor):
    sitting = make_sitting(commune, "draft", agenda=())
    public = page(sitting).removesuffix("preparer/")
    for button, state, status in (
        ("publish", "scheduled", 200),
        ("unpublish", "draft", 404),
        ("publish", "scheduled", 200),
    ):
        clerk.post(page(sitting), form(seen=seen(clerk, sitting), **{button: ""}) | rows())
        sitting.refresh_from_db()
        assert sitting.state == state
        assert visitor.get(public).status_code == status
    assert clerk.post(page(sitting), {"cancel": ""}).status_code == 302
    sitting.refresh_from_db()
    assert sitting.state == "cancelled"
    assert "annulée" in visitor.get(public).content.decode()
    assert "<form" not in clerk.get(page(sitting)).content.decode().partition("<main")[2]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(commune, clerk, enter):
    sitting = make_sitting(commune, "scheduled", agenda=("Un",))
    mine = seen(clerk, sitting)
    point = {"id": sitting.agenda.get().pk, "position": 1, "title": "Un"}
    theirs = enter("admin").post(
        page(sitting),
        form(seen=mine, title="Titre de l'autre") | rows(point, {"title": "Deux"}, initial=1),
    )
    assert theirs.status_code == 302
    response = clerk.post(
        page(sitting), form(seen=mine, title="Mon titre") | rows(point, initial=1)
    )
    assert response.status_code == 409
    assert "Mon titre" in response.content.decode()
    assert "Quelqu’un d’autre a changé" in response.content.decode()
    sitting.refresh_from_db()
    assert sitting.title == "Titre de l'autre"
    assert sitting.agenda.count() == 2


def test_while_it_is_live_the_agenda_changes_but_not_what_was_announced(commune, clerk):
    sitting = make_sitting(commune, "live", agenda=("Un", "Deux"))
    with transaction.atomic():
        agenda_actions.open_item(sitting.pk, sitting.agenda.all()[0].pk, By("clerk"))
    one, two = sitting.agenda.values_list("pk", flat=True)
    before = sitting.scheduled_at
    response = clerk.post(
        page(sitting),
        form(seen=seen(clerk, sitting), kind="council", rehearsal="on", title="Nouveau titre")
        | rows(
            {"id": one, "position": 1, "title": "Un"},
            {"id": two, "position": 2, "title": "Deux bis"},
            initial=2,
        ),
    )
    assert response.status_code == 302
    sitting.refresh_from_db()
    assert (sitting.kind, sitting.rehearsal) == ("hearing", False)
    assert sitting.scheduled_at == before
    assert sitting.title == "Nouveau titre"
    assert [title for _, title, *_ in points(sitting)] == ["Un", "Deux bis"]
    refused = clerk.post(
        page(sitting),
        form(seen=seen(clerk, sitting)) | rows({"id": two, "position": 1, "title": "Deux bis"}),
    )
    assert refused.status_code == 409
    assert sitting.agenda.count() == 2


def test_an_ended_sitting_is_not_edited(commune, clerk):
    sitting = make_sitting(commune, "ended", agenda=("Un",), title="Ancien titre")
    clerk.post(page(sitting), form(seen="0", title="Nouveau") | rows())
    sitting.refresh_from_db()
    assert sitting.title == "Ancien titre"
    assert "ne peut plus être changée" in clerk.get(page(sitting)).content.decode()


def test_a_sitting_that_began_meanwhile_is_not_cancelled(commune, clerk):
    sitting = make_sitting(commune, "scheduled")
    move(sitting, "open")
    response = clerk.post(page(sitting), {"cancel": ""}, follow=True)
    assert "ce n’est plus possible" in response.content.decode()
    sitting.refresh_from_db()
    assert sitting.state == "live"


def test_points_of_another_sitting_cannot_be_taken(commune, clerk):
    sitting, other = make_sitting(commune, "draft"), make_sitting(commune, "draft")
    stolen = {"id": other.agenda.all()[0].pk, "position": 1, "title": "Volé"}
    response = clerk.post(page(sitting), form(seen=seen(clerk, sitting)) | rows(stolen))
    assert response.status_code == 409
    assert other.agenda.all()[0].title != "Volé"


@pytest.mark.parametrize("roles", [(), ("moderator",), ("host",), ("interpreter",)])
def test_others_may_not_write(commune, enter, new, roles):
    sitting = make_sitting(commune, "draft")
    client = enter(*roles)
    assert client.post(new, form() | rows()).status_code == 403
    expected = 404 if not roles else 403
    assert client.post(page(sitting), {"cancel": ""}).status_code in {403, expected}
    sitting.refresh_from_db()
    assert sitting.state == "draft"
    assert Sitting.objects.filter(commune=commune).count() == 1


def test_a_visitor_is_sent_to_sign_in(visitor, new):
    response = visitor.post(new, form() | rows())
    assert response.status_code == 302
    assert response["Location"] == f"/connexion/?next={quote(new)}"
