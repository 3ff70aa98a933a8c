"""The team's page: for administrators alone."""

import pytest
from django.test import Client

from communes.identity import limits
from communes.models import Person, Role

from .conftest import TYPED, sign_in

pytestmark = pytest.mark.django_db

URL = "/cotonou-essai/equipe/"


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin(cotonou, people):
    return people((cotonou, "admin"), display_name="Reine")


@pytest.mark.parametrize("role", ["clerk", "host", "moderator", "interpreter"])
def test_other_roles_are_kept_out(cotonou, parakou, people, role):
    person = people((cotonou, role), (parakou, "admin"))
    client = as_person(person)
    assert client.get(URL).status_code == 403
    fields = {"action": "give", "contact": TYPED, "role": "admin"}
    assert client.post(URL, fields).status_code == 403
    assert client.get("/nulle-part/equipe/").status_code == 404
    assert Client().get(URL)["Location"] == f"/connexion/?next={URL}"


def test_a_role_is_given_by_number_and_taken_away(cotonou, admin):
    sign_in(Client())
    citizen = Person.objects.get(phone_verified=True)
    client = as_person(admin)
    fields = {"action": "give", "contact": "97 12 34 56", "role": "moderator"}
    assert client.post(URL, fields)["Location"] == URL
    role = Role.objects.get(person=citizen)
    assert (role.commune, role.name) == (cotonou, "moderator")

    page = client.get(URL).content.decode()
    assert "+229 •••• 56" in page
    assert "97 12 34 56" not in page  # a colleague's number is not shown

    client.post(URL, {"action": "remove", "role": role.pk})
    assert not Role.objects.filter(person=citizen).exists()


def test_a_role_is_given_by_address(cotonou, admin, people):
    person = people(email="afi@example.bj")
    fields = {"action": "give", "contact": "AFI@example.bj", "role": "host"}
    as_person(admin).post(URL, fields)
    assert person.roles.get().name == "host"


def test_who_never_signed_in_is_not_made(admin):
    fields = {"action": "give", "contact": TYPED, "role": "host"}
    assert as_person(admin).post(URL, fields).status_code == 422
    assert Person.objects.count() == 1


def test_the_last_administrator_stays(cotonou, admin):
    role = admin.roles.get()
    as_person(admin).post(URL, {"action": "remove", "role": role.pk})
    assert admin.roles.count() == 1


@pytest.mark.parametrize("role", ["", "x", "999999", "-1"])
def test_a_role_of_another_commune_or_none_is_not_found(admin, parakou, people, role):
    other = people((parakou, "clerk"))
    client = as_person(admin)
    assert client.post(URL, {"action": "remove", "role": role}).status_code == 404
    pk = other.roles.get().pk
    assert client.post(URL, {"action": "remove", "role": pk}).status_code == 404
    assert other.roles.count() == 1


def test_numbers_cannot_be_tried_without_end(admin, monkeypatch):
    monkeypatch.setitem(limits.RULES, "team.target", "2 per 1 hour")
    limits._rules.cache_clear()
    try:
        client = as_person(admin)
        fields = {"action": "give", "contact": TYPED, "role": "host"}
        codes = [client.post(URL, fields).status_code for _ in range(3)]
        assert codes == [422, 422, 429]
    finally:
        limits._rules.cache_clear()
