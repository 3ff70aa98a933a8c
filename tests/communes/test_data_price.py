"""What a gigabyte costs: set by administrators alone, told to players."""

import pytest
from django.test import Client

from communes.models import Person

pytestmark = pytest.mark.django_db

URL = "/cotonou-essai/prix-des-donnees/"


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("role", ["clerk", "host", "moderator", "interpreter"])
def test_other_roles_may_not_set_the_price(cotonou, parakou, people, role):
    client = as_person(people((cotonou, role), (parakou, "admin")))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"gigabyte_price": "1"}).status_code == 403
    assert Client().get(URL)["Location"] == f"/connexion/?next={URL}"
    cotonou.refresh_from_db()
    assert cotonou.gigabyte_price == 1000


def test_an_administrator_sets_the_price_and_its_source(cotonou, people):
    client = as_person(people((cotonou, "admin")))
    fields = {"gigabyte_price": "650", "gigabyte_source": "ARCEP, mars 2026"}
    assert client.post(URL, fields)["Location"] == URL
    cotonou.refresh_from_db()
    assert (cotonou.gigabyte_price, cotonou.gigabyte_source) == (650, "ARCEP, mars 2026")
    assert "ARCEP, mars 2026" in client.get(URL).content.decode()


@pytest.mark.parametrize("price", ["0", "-5", "100001", "beaucoup", ""])
def test_a_price_that_cannot_be_is_refused(cotonou, people, price):
    client = as_person(people((cotonou, "admin")))
    assert client.post(URL, {"gigabyte_price": price}).status_code == 422
    cotonou.refresh_from_db()
    assert cotonou.gigabyte_price == 1000
