"""How a commune takes concerns: its board, its categories, its arrondissements."""

from collections.abc import Sequence

from django.utils.text import slugify

from communes.models import Arrondissement, Commune
from consultations.models import CATEGORIES, ConcernBoard, ConcernCategory
from consultations.protocol import BoardFacts, SetBoard
from live.actions.subjects import Subject, hold_timelines
from live.models import Timeline
from live.timeline.append import SYSTEM, By, append

BOARD = "board"
MOST_CATEGORIES, MOST_ARRONDISSEMENTS = 30, 60


def board_of(commune: Commune) -> ConcernBoard:
    """A commune's board; made, with the categories that every commune starts with, at first. In a
    transaction."""
    board = ConcernBoard.objects.filter(commune=commune).first()
    if board is not None:
        return board
    # Two who come first wait for one another here.
    Commune.objects.select_for_update().get(pk=commune.pk)
    board, new = ConcernBoard.objects.get_or_create(
        commune=commune, defaults={"timeline": Timeline.objects.create()}
    )
    if new:
        append(board.timeline_id, "board.opened", "board", board_facts(board), SYSTEM)
        ConcernCategory.objects.bulk_create(
            ConcernCategory(commune=commune, slug=slug, position=position)
            for position, slug in enumerate(CATEGORIES)
        )
    return board


def board_facts(board: ConcernBoard) -> BoardFacts:
    """The state of key `board`."""
    return BoardFacts.model_validate(
        {
            "moderation": board.moderation,
            "comment_moderation": board.comment_moderation,
            "second_opinion": board.second_opinion,
            "second_opinion_hours": board.second_opinion_hours,
        }
    )


def find_board(commune_id: str) -> Subject | None:
    """The board as the subject of its timeline. What moves in the list of concerns is public on it;
    all else is on its staff stream alone."""
    if not (commune_id.isascii() and commune_id.isdigit() and len(commune_id) < 10):
        return None
    board = ConcernBoard.objects.filter(commune=int(commune_id)).first()
    return None if board is None else board_subject(board)


def board_subject(board: ConcernBoard) -> Subject:
    return Subject(BOARD, str(board.pk), board.timeline_id, board.pk)


def set_board(commune: Commune, wanted: SetBoard, by: By) -> ConcernBoard:
    """Change how concerns and comments are moderated."""
    board = board_of(commune)
    hold_timelines([board.timeline_id])
    changes = wanted.model_dump(exclude_none=True)
    if any(getattr(board, name) != value for name, value in changes.items()):
        for name, value in changes.items():
            setattr(board, name, value)
        board.save()
        append(board.timeline_id, "board.changed", "board", board_facts(board), by)
    return board


def categories_of(commune: Commune) -> list[ConcernCategory]:
    """What is offered to whoever raises a concern."""
    return list(ConcernCategory.objects.filter(commune=commune, retired=False))


def set_categories(commune: Commune, kept: Sequence[str], own: Sequence[str]) -> None:
    """Offer these of `CATEGORIES`, by slug, and the commune's own, by name; the others are retired,
    concerns keep them. In a transaction."""
    board_of(commune)
    rows = {row.slug: row for row in ConcernCategory.objects.filter(commune=commune)}
    wanted: dict[str, str] = {slug: "" for slug in CATEGORIES if slug in kept}
    for name in own[:MOST_CATEGORIES]:
        slug = slugify(name)[:40] or "categorie"
        if slug not in CATEGORIES:
            wanted.setdefault(slug, name[:60])
    for position, (slug, name) in enumerate(wanted.items()):
        row = rows.pop(slug, None) or ConcernCategory(commune=commune, slug=slug)
        row.name, row.position, row.retired = name, position, False
        row.save()
    for row in rows.values():
        row.retired = True
        row.save(update_fields=["retired"])


def set_arrondissements(commune: Commune, names: Sequence[str]) -> None:
    """Make the list of a commune's arrondissements what `names` say, in their order. One that
    concerns name stays, at the end. In a transaction."""
    rows = {row.name: row for row in Arrondissement.objects.filter(commune=commune)}
    wanted = list(dict.fromkeys(name[:80] for name in names))[:MOST_ARRONDISSEMENTS]
    for position, name in enumerate(wanted):
        row = rows.pop(name, None) or Arrondissement(commune=commune, name=name)
        row.position = position
        row.save()
    for row in rows.values():
        if row.concerns.exists():
            row.position = len(wanted)
            row.save(update_fields=["position"])
        else:
            row.delete()
