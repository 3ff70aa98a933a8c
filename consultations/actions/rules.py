"""The rules of a sitting: how it takes questions."""

from consultations.models import Moderation, Signing, SittingRules
from consultations.protocol import RulesState, SetRules
from live.actions.context import held
from live.models import Sitting, SittingKind, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

OVER = frozenset({SittingState.ENDED, SittingState.ARCHIVED, SittingState.CANCELLED})


def rules_of(sitting: Sitting) -> RulesState:
    """The rules that hold now."""
    row = SittingRules.objects.filter(sitting=sitting).first() or SittingRules(sitting=sitting)
    return rules_state(row, sitting)


def rules_state(row: SittingRules, sitting: Sitting) -> RulesState:
    """The state of key `rules`."""
    second = row.second_opinion
    return RulesState(
        moderation="after" if row.moderation == Moderation.AFTER else "before",
        slow_s=row.slow_s,
        signing={Signing.ALWAYS: "always", Signing.NEVER: "never"}.get(row.signing, "free"),  # type: ignore[call-overload]
        second_opinion=sitting.kind == SittingKind.HEARING if second is None else second,
        second_opinion_minutes=row.second_opinion_minutes,
        written_answers=row.written_answers,
        written_answer_days=row.written_answer_days,
    )


def set_rules(sitting_id: str, wanted: SetRules, by: By) -> RulesState:
    """Change what `wanted` says; raises `Refused` once the sitting is over. Saying what is so
    already changes nothing."""
    sitting = held(sitting_id)
    if sitting.state in OVER:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    row = SittingRules.objects.filter(sitting=sitting).first() or SittingRules(sitting=sitting)
    before = rules_state(row, sitting)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    after = rules_state(row, sitting)
    if after != before:
        row.save()
        append(sitting.timeline_id, "rules.changed", "rules", after, by)
    return after
