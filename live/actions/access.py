"""Who may see a sitting, and who acts in it."""

import re
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from communes.models import Commune, Person
from communes.permissions import EVERY_ROLE, Roles, forget_roles, roles_in
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.ids import ID_PATTERN

from .context import Context
from .subjects import SITTING, Subject, SubjectKind, add_subject_kind, find_subject


def may_see(sitting: Sitting, roles: frozenset[str]) -> bool:
    """Drafts and rehearsals are for those who have a role; everything else is public."""
    if sitting.state == SittingState.DRAFT or sitting.rehearsal:
        return bool(roles & EVERY_ROLE)
    return True


def _find(sitting_id: str) -> Sitting | None:
    """The sitting of this id, whatever outsiders wrote in its place."""
    if not re.fullmatch(ID_PATTERN, sitting_id):
        return None
    return Sitting.objects.select_related("commune").filter(pk=sitting_id).first()


def visible_sitting(sitting_id: str, roles: frozenset[str] | None = None) -> Sitting:
    """A sitting that somebody with `roles` may see; raises `Refused`, the same for what is hidden
    as for what does not exist."""
    sitting = _find(sitting_id)
    if sitting is None or not may_see(sitting, roles or frozenset()):
        raise Refused(ErrorCode.NOT_FOUND, "no such sitting")
    return sitting


def sitting_seen_by(person: Person | AnonymousUser | AbstractBaseUser, sitting_id: str) -> Sitting:
    """The sitting, when this person (or visitor) may see it; raises `Refused`."""
    sitting = _find(sitting_id)
    roles = roles_in(person, sitting.commune) if sitting and isinstance(person, Person) else None
    return visible_sitting(sitting_id, roles)


def present_roles(person_id: int, sitting_id: str) -> frozenset[str]:
    """The roles a person has now in a sitting's commune, read from the database."""
    return roles_now(person_id, Sitting.objects.values_list("commune_id").get(pk=sitting_id)[0])


def roles_now(person_id: int, commune_id: int) -> frozenset[str]:
    """The roles a person has now in a commune, read from the database."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return frozenset()
    forget_roles(person)
    return roles_in(person, Commune.objects.get(pk=commune_id))


def roles_of(context: Context) -> frozenset[str]:
    """The roles that whoever acts has now, where they act."""
    subject = find_subject(context.kind, context.subject_id)
    return roles_now(context.person, subject.commune_id)


def insiders_among(people: Collection[int], commune_id: int, wanted: Roles) -> set[int]:
    """Those of `people` who have one of these roles in a commune now, by one query."""
    roles = Q(roles__name__in=wanted, roles__commune=commune_id)
    found = Person.objects.filter(roles | Q(is_superuser=True), pk__in=people, is_active=True)
    return set(found.values_list("pk", flat=True))


def sitting_subject(sitting: Sitting) -> Subject:
    """A sitting as the subject of its timeline."""
    hidden = not may_see(sitting, frozenset())
    return Subject(SITTING, sitting.pk, sitting.timeline_id, sitting.commune_id, hidden)


def _subject(sitting_id: str) -> Subject | None:
    sitting = _find(sitting_id)
    return None if sitting is None else sitting_subject(sitting)


add_subject_kind(SubjectKind(SITTING, "sittings", Sitting, "sitting", _subject))
