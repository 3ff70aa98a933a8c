"""Good practices: told by clerks, found by theme, size and cost, tried and reported elsewhere."""

import pytest

from communes.actions import practices as actions
from communes.models import Commune, GoodPractice, PracticeTrial
from portal.models import SearchEntry
from portal.search.find import Wanted, find
from portal.search.sync import sync
from tests.support.factories import make_commune, make_person

TOLD = {
    "title": "Des poubelles payées au poids",
    "theme": "waste",
    "problem": "Les ordures débordaient.",
    "done": "Un tarif au poids.",
    "cost": "3000000",
    "tags": "ordures, tarif",
}


@pytest.fixture
def practice(commune) -> GoodPractice:
    made = GoodPractice.objects.create(commune=commune, **{**TOLD, "cost": 3_000_000})
    publish(made)
    return made


def publish(practice: GoodPractice) -> None:
    actions.publish(practice, True, None)


def manage(commune: Commune) -> str:
    return f"/{commune.slug}/bonnes-pratiques/"


def test_a_draft_is_the_clerks_own_until_it_is_published(commune, enter, visitor):
    client = enter("clerk")
    edit = client.post(manage(commune), TOLD)["Location"]
    made = GoodPractice.objects.get()
    page = f"{manage(commune)}{made.pk}/"
    assert client.get(page).status_code == 200
    assert visitor.get(page).status_code == 404
    assert TOLD["title"] not in visitor.get("/bonnes-pratiques/").content.decode()
    assert visitor.get(f"/api/v1/practices/{made.pk}").status_code == 404
    assert client.post(edit, {"do": "publish"}).status_code == 302
    assert "Un tarif au poids." in visitor.get(page).content.decode()
    told = visitor.get(f"/api/v1/practices/{made.pk}").json()
    assert (told["cost"], told["tags"]) == (3_000_000, ["ordures", "tarif"])
    client.post(edit, {"do": "delete"})
    assert GoodPractice.objects.exists(), "what is public is withdrawn first"
    client.post(edit, {"do": "withdraw"})
    assert visitor.get(page).status_code == 404
    client.post(edit, {"do": "delete"})
    assert not GoodPractice.objects.exists()


@pytest.mark.parametrize("role", ["host", "moderator", "interpreter", ""])
def test_only_clerks_tell(commune, practice, enter, role):
    client = enter(*([role] if role else []))
    for page in (manage(commune), f"{manage(commune)}{practice.pk}/modifier/"):
        assert client.get(page).status_code == 403
        assert client.post(page, TOLD | {"do": "withdraw"}).status_code == 403


@pytest.mark.parametrize("field", ["title", "problem", "done"])
def test_what_is_missing_is_said_and_what_was_typed_kept(commune, enter, field):
    answer = enter("clerk").post(manage(commune), TOLD | {field: ""})
    assert answer.status_code == 422
    assert "3000000" in answer.content.decode()
    assert not GoodPractice.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("theme=waste", True), ("theme=water", False), ("cout=5000000", True),
        ("cout=500000", False), ("taille=city", True), ("taille=small", False),
        ("theme=nonsense&cout=x", True),
    ],
)  # fmt: skip
def test_practices_are_filtered_by_theme_size_and_cost(commune, practice, visitor, query, found):
    Commune.objects.filter(pk=commune.pk).update(population="city")
    assert (TOLD["title"] in visitor.get(f"/bonnes-pratiques/?{query}").content.decode()) is found


def test_a_cost_that_nobody_counted_is_not_below_a_bound(practice, visitor):
    GoodPractice.objects.update(cost=None)
    assert visitor.get("/api/v1/practices").json()["total"] == 1
    assert visitor.get("/api/v1/practices?most=1000000").json()["total"] == 0


def test_another_commune_tries_it_and_reports(practice, enter, visitor):
    elsewhere = make_commune(name="Bohicon")
    client = enter(person=make_person(elsewhere, "clerk"))
    page = f"{manage(practice.commune)}{practice.pk}/"
    said = {"commune": elsewhere.slug, "state": "trying", "report": "Premier mois difficile."}
    assert client.post(page, said | {"do": "try"}).status_code == 302
    said |= {"state": "adopted", "report": "Les dépôts sauvages ont cessé."}
    assert client.post(page, said | {"do": "try"}).status_code == 302
    assert PracticeTrial.objects.get().state == "adopted"
    shown = visitor.get(page).content.decode()
    assert "Bohicon" in shown and "cela marche aussi ici" in shown
    assert "Les dépôts sauvages ont cessé." in shown and "Premier mois" not in shown
    assert visitor.get(f"/api/v1/practices/{practice.pk}").json()["trials"][0]["state"] == "adopted"
    client.post(page, said | {"do": "forget"})
    assert not PracticeTrial.objects.exists()


@pytest.mark.parametrize("who", ["own clerk", "citizen", "moderator elsewhere", "for another"])
def test_others_cannot_say_that_a_commune_tries_it(practice, enter, who):
    elsewhere = make_commune()
    client = {
        "own clerk": lambda: enter("clerk"),
        "citizen": lambda: enter(),
        "moderator elsewhere": lambda: enter(person=make_person(elsewhere, "moderator")),
        "for another": lambda: enter(person=make_person(make_commune(), "clerk")),
    }[who]()
    said = {"commune": elsewhere.slug, "state": "trying", "do": "try"}
    answer = client.post(f"{manage(practice.commune)}{practice.pk}/", said)
    assert answer.status_code == (422 if who == "for another" else 403)
    assert not PracticeTrial.objects.exists()


def test_a_practice_is_found_by_its_words_while_it_is_public(practice):
    sync()
    assert [hit.entry.kind for hit in find(Wanted("poubelle ordure"))] == ["practice"]
    GoodPractice.objects.update(published_at=None)
    sync()
    assert not SearchEntry.objects.filter(kind="practice").exists()
