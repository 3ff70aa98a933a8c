"""Roles: who has which, what they imply, and the guard on pages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase

from communes.models import Role, RoleName
from communes.permissions import (
    EVERY_ROLE,
    STAFF,
    LastAdministrator,
    communes_of,
    grant,
    is_staff,
    require_roles,
    revoke,
    roles_in,
)

pytestmark = pytest.mark.django_db

MATRIX = {
    "moderator": {"moderator"},
    "host": {"host"},
    "clerk": {"clerk"},
    "interpreter": {"interpreter"},
    "admin": {"admin", "clerk", "host", "moderator"},
}


@pytest.mark.parametrize(("role", "may"), MATRIX.items())
def test_what_a_role_implies(role, may, cotonou, parakou, people):
    person = people((cotonou, role))
    assert roles_in(person, cotonou) == may
    assert roles_in(person, parakou) == frozenset()
    assert is_staff(person) == bool(may & STAFF)
    assert communes_of(person) == ([cotonou] if may & STAFF else [])


def test_every_role_is_in_the_matrix():
    assert set(MATRIX) == set(RoleName.values) == EVERY_ROLE


def test_roles_add_up(cotonou, people):
    person = people((cotonou, "host"), (cotonou, "moderator"))
    assert roles_in(person, cotonou) == {"host", "moderator"}


def test_nobody_a_visitor_a_citizen_a_closed_account_and_a_superuser(cotonou, people):
    for nobody in (None, AnonymousUser(), people(), people((cotonou, "admin"), is_active=False)):
        assert roles_in(nobody, cotonou) == frozenset()
        assert not is_staff(nobody)
        assert communes_of(nobody) == []
    superuser = people(is_superuser=True)
    assert roles_in(superuser, cotonou) == EVERY_ROLE
    assert communes_of(superuser) == [cotonou]


def test_one_query_for_all_communes(cotonou, parakou, people, django_assert_num_queries):
    person = people((cotonou, "clerk"), (parakou, "host"))
    with django_assert_num_queries(1):
        for _ in range(3):
            roles_in(person, cotonou)
            roles_in(person, parakou)
            is_staff(person)


def test_grant_and_revoke_are_seen_at_once(cotonou, people):
    person = people()
    assert roles_in(person, cotonou) == frozenset()
    assert grant(person, cotonou, "clerk")
    assert not grant(person, cotonou, "clerk")
    assert roles_in(person, cotonou) == {"clerk"}
    assert revoke(person, cotonou, "clerk")
    assert not revoke(person, cotonou, "clerk")
    assert roles_in(person, cotonou) == frozenset()
    with pytest.raises(ValueError, match="citizen"):
        grant(person, cotonou, "citizen")


def test_a_commune_keeps_an_administrator(cotonou, parakou, people):
    first, second = people((cotonou, "admin")), people((parakou, "admin"))
    with pytest.raises(LastAdministrator):
        revoke(first, cotonou, "admin")
    grant(second, cotonou, "admin")
    assert revoke(first, cotonou, "admin")
    assert Role.objects.filter(commune=cotonou, name="admin").get().person == second


@require_roles("clerk", "host")
def guarded(request, commune, page="-"):
    return HttpResponse(f"{commune.name} {page}")


def body(answer: HttpResponseBase) -> bytes:
    assert isinstance(answer, HttpResponse)
    return answer.content


def test_the_guard(cotonou, people, rf):
    request = rf.get("/cotonou-essai/seances/?x=1")
    request.user = AnonymousUser()
    answer = guarded(request, commune="cotonou-essai")
    assert answer.status_code == 302
    assert answer["Location"] == "/connexion/?next=/cotonou-essai/seances/%3Fx%3D1"

    request.user = people((cotonou, "moderator"))
    with pytest.raises(PermissionDenied):
        guarded(request, commune="cotonou-essai")

    request.user = people((cotonou, "admin"))
    assert body(guarded(request, commune="cotonou-essai", page="p")) == b"Cotonou p"
    assert body(guarded(request, cotonou)) == b"Cotonou -"

    with pytest.raises(Http404):
        guarded(request, commune="nulle-part")
