"""Making and editing sittings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import slugify

from communes.models import Commune
from live.models import KeyState, Sitting, SittingState, Timeline
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .agenda import AgendaDraft, set_agenda
from .context import held
from .facts import sitting_facts
from .opening import write_opening

#: Addresses that pages of a commune use themselves.
RESERVED_SLUGS = frozenset({"nouvelle"})
#: Families of keys that preparing a sitting leaves; others come of people taking part.
PREPARING = frozenset(
    {"sitting", "agenda", "rules", "participation", "prepared", "publisher", "stream", "screen"}
)
EDITABLE_STATES = frozenset({SittingState.DRAFT, SittingState.SCHEDULED})


@dataclass(frozen=True)
class SittingDraft:
    """What a clerk says of a sitting."""

    kind: str
    title: str
    scheduled_at: datetime
    place: str = ""
    summary: str = ""
    rehearsal: bool = False


def free_slug(commune: Commune, title: str) -> str:
    """An address made from the title that no other sitting of the commune has."""
    base = slugify(title)[:70] or "seance"
    taken = set(
        Sitting.objects.filter(commune=commune, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    slug, n = base, 2
    while slug in taken or slug in RESERVED_SLUGS:
        slug, n = f"{base}-{n}", n + 1
    return slug


def create_sitting(
    commune: Commune,
    draft: SittingDraft,
    by: By,
    agenda: Sequence[AgendaDraft] = (),
    **flags: Any,
) -> Sitting:
    """A new draft with its timeline. `flags`: `demo`, `window_s`."""
    sitting = Sitting.objects.create(
        commune=commune,
        timeline=Timeline.objects.create(),
        slug=free_slug(commune, draft.title),
        created_by_id=by.person_id,
        **_fields(draft),
        **flags,
    )
    write_opening(sitting, by)
    if agenda:
        set_agenda(sitting.pk, agenda, by)
    return sitting


def edit_sitting(
    sitting_id: str, draft: SittingDraft, by: By, agenda: Sequence[AgendaDraft] | None = None
) -> Sitting:
    """Change what was said of a sitting. Its address stays. Kind and rehearsal are fixed once it
    has begun, and whether it is a rehearsal as soon as somebody has taken part: what was tried out
    never becomes public, what citizens said is never deleted as a trial. An ended or cancelled
    sitting is not edited. Raises `Refused`."""
    sitting = held(sitting_id)
    if sitting.state in {SittingState.ENDED, SittingState.ARCHIVED, SittingState.CANCELLED}:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    fields = _fields(draft)
    if sitting.state not in EDITABLE_STATES:
        fixed = ("kind", "rehearsal", "scheduled_at")
        fields = {name: value for name, value in fields.items() if name not in fixed}
    if fields.get("rehearsal", sitting.rehearsal) != sitting.rehearsal and _was_used(sitting):
        raise Refused(ErrorCode.WRONG_STATE, "somebody has already taken part", field="rehearsal")
    if any(getattr(sitting, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(sitting, name, value)
        sitting.media_version += 1
        sitting.save()
        append(sitting.timeline_id, "sitting.edited", "sitting", sitting_facts(sitting), by)
    if agenda is not None:
        set_agenda(sitting.pk, agenda, by)
    return sitting


def _was_used(sitting: Sitting) -> bool:
    keys = KeyState.objects.filter(timeline_id=sitting.timeline_id).values_list("key", flat=True)
    return any(key.partition("/")[0] not in PREPARING for key in keys)


def _fields(draft: SittingDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "title": draft.title,
        "scheduled_at": draft.scheduled_at,
        "place": draft.place,
        "summary": draft.summary,
        "rehearsal": draft.rehearsal,
    }
