"""Deleting an account. What a person left elsewhere is erased by hooks of the apps that keep it."""

from collections.abc import Callable

from django.db import transaction

from communes.models import Person

Hook = Callable[[Person], None]

_hooks: list[Hook] = []


class Postponed(Exception):
    """The account cannot be deleted just now; it can in a while."""


def register(hook: Hook) -> Hook:
    """Call `hook(person)` in the transaction that deletes a person, before the deletion.

    Registered from `AppConfig.ready`; usable as a decorator. An exception keeps the account.
    """
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def unregister(hook: Hook) -> None:
    """For tests."""
    _hooks.remove(hook)


def erase(person: Person) -> None:
    """Delete a person: the hooks first, then the row with its roles, links and second factors."""
    with transaction.atomic():
        for hook in _hooks:
            hook(person)
        person.delete()
