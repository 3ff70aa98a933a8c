"""Who may do what in a commune. Roles change through `grant` and `revoke` alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from .models import Commune, Person, Role, RoleName

Roles = frozenset[str]

NOBODY: Roles = frozenset()
EVERY_ROLE: Roles = frozenset(RoleName.values)
#: Whoever has one of these sees what only staff may see.
STAFF: Roles = frozenset({RoleName.MODERATOR, RoleName.HOST, RoleName.CLERK, RoleName.ADMIN})
IMPLIED: dict[str, Roles] = {
    RoleName.ADMIN: frozenset({RoleName.CLERK, RoleName.HOST, RoleName.MODERATOR}),
}

_CACHE = "_roles_by_commune"


def roles_in(person: Person | AnonymousUser | None, commune: Commune) -> Roles:
    """The roles a person may act in, as `RoleName` values; empty for a visitor.

    An administrator may do what a clerk, a host and a moderator may; a superuser everything.
    The first call reads the roles in every commune, in one query, and keeps them on `person`:
    Django makes a new one for every request, longer-lived callers load the person again.
    """
    if not isinstance(person, Person) or not person.is_active:
        return NOBODY
    if person.is_superuser:
        return EVERY_ROLE
    return _roles(person).get(commune.pk, NOBODY)


def communes_of(person: Person | AnonymousUser | None) -> list[Commune]:
    """The communes in which a person is staff, by name."""
    if not isinstance(person, Person) or not person.is_active:
        return []
    if person.is_superuser:
        return list(Commune.objects.all())
    ids = [commune for commune, roles in _roles(person).items() if roles & STAFF]
    return list(Commune.objects.filter(pk__in=ids)) if ids else []


def is_staff(person: Person | AnonymousUser | None) -> bool:
    """Whether a person is staff of some commune."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    return person.is_superuser or any(roles & STAFF for roles in _roles(person).values())


def _roles(person: Person) -> dict[int, Roles]:
    cached: dict[int, Roles] | None = person.__dict__.get(_CACHE)
    if cached is None:
        cached = {}
        for commune, name in Role.objects.filter(person=person).values_list("commune_id", "name"):
            held = cached.get(commune, NOBODY)
            cached[commune] = held | {str(name)} | IMPLIED.get(name, NOBODY)
        person.__dict__[_CACHE] = cached
    return cached


def forget_roles(person: Person) -> None:
    """Read the roles again at the next question."""
    person.__dict__.pop(_CACHE, None)


def grant(person: Person, commune: Commune, role: str) -> bool:
    """Give a role; False when the person had it. Raises ValueError for an unknown role."""
    _, created = Role.objects.get_or_create(
        person=person, commune=commune, name=RoleName(role).value
    )
    forget_roles(person)
    return created


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in. Raises `PermissionDenied` for a visitor."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


class LastAdministrator(Exception):
    """A commune keeps one administrator."""


def revoke(person: Person, commune: Commune, role: str) -> bool:
    """Take a role away; False when the person did not have it.

    Raises LastAdministrator for the only administrator of a commune.
    """
    with transaction.atomic():
        # Two administrators who remove each other at the same time wait here for one another.
        Commune.objects.select_for_update().get(pk=commune.pk)
        held = Role.objects.filter(commune=commune, name=role)
        mine = held.filter(person=person)
        if role == RoleName.ADMIN and mine.exists() and held.count() == 1:
            raise LastAdministrator
        deleted, _ = mine.delete()
    forget_roles(person)
    return bool(deleted)


View = Callable[Concatenate[HttpRequest, Commune, ...], HttpResponseBase]


def require_roles(*names: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Let only people with one of these roles through to `view(request, commune, …)`.

    The address names the commune: `<slug:commune>`. A visitor is asked to sign in and comes back,
    somebody else gets 403, an unknown commune 404.
    """
    wanted = frozenset(str(name) for name in names)

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, commune: str | Commune, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            place = (
                commune
                if isinstance(commune, Commune)
                else get_object_or_404(Commune, slug=commune)
            )
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not roles_in(request.user, place) & wanted:
                raise PermissionDenied
            return view(request, place, *args, **kwargs)

        return guarded

    return decorate
