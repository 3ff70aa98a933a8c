"""What commands about concerns lock: asked before anything is held, so that all of it is held at
once (`live.actions.subjects`). Nothing here refuses; what does not exist is not locked."""

from consultations.models import Comment, Concern, ConcernReferral
from consultations.protocol import AnswerInWriting, QuestionRef, SplitConcerns
from live.actions.context import Context
from live.actions.subjects import SITTING
from live.protocol.base import Message

from .concern_boards import BOARD
from .concerns import CONCERN

Held = set[tuple[str, str]]


def concerns_held(context: Context, args: Message) -> Held:
    """The concerns that a command names, alone or by a comment, with their board; and the sitting
    that it names."""
    named = args.model_dump(include={"concern", "concerns", "target", "comment", "comments"})
    concerns, comments = set[int](), set[int]()
    for field, value in named.items():
        keys = value if isinstance(value, list) else [value]
        into = comments if field.startswith("comment") else concerns
        into.update(key for key in keys if isinstance(key, int))
    if comments:
        concerns.update(
            Comment.objects.filter(pk__in=comments).values_list("concern_id", flat=True)
        )
    held = with_boards(concerns)
    sitting = getattr(args, "sitting", None)
    return held | {(SITTING, sitting)} if sitting else held


def carriers_held(context: Context, args: SplitConcerns) -> Held:
    """Concerns that were joined, with those that carry on for them, and their board."""
    joined = Concern.objects.filter(pk__in=args.concerns).values_list("pk", "merged_into")
    return with_boards({key for pair in joined for key in pair if key is not None})


def of_answered(context: Context, args: QuestionRef | AnswerInWriting) -> Held:
    """The concern from which a question came: it is told when that one is answered."""
    referred = ConcernReferral.objects.filter(
        question=args.question, question__sitting=context.sitting_id
    )
    return with_boards(set(referred.values_list("concern_id", flat=True)))


def with_boards(concerns: set[int]) -> Held:
    """These concerns and their boards."""
    rows = Concern.objects.filter(pk__in=concerns).values_list("pk", "commune_id")
    held = {(CONCERN, str(key)) for key, _ in rows}
    return held | {(BOARD, str(commune)) for _, commune in rows}
