"""Claims: two moderators never decide the same question."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from moderation.actions import sweep
from moderation.models import Claim
from tests.live.acting import a_sitting, act, folds_to_its_snapshot, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(ask) -> list[int]:
    return [ask(f"Question numéro {n} sur le port") for n in range(3)]


def claimed(sitting) -> dict[str, str]:
    return {
        key: state["by_name"]
        for key, state in states(sitting, Stream.STAFF).items()
        if key.startswith("claim/")
    }


def test_a_claim_is_seen_by_staff_and_keeps_others_off(sitting, moderator, colleague, questions):
    first, *_ = questions
    act(moderator, "review.claim", questions=[first])
    assert claimed(sitting) == {f"claim/{first}": "Sika"}
    assert not any(key.startswith("claim/") for key in states(sitting))
    for name, args in (
        ("question.approve", {}),
        ("question.reject", {"code": "insult"}),
    ):
        with pytest.raises(Refused) as refused:
            act(colleague, name, question=first, **args)
        assert refused.value.code is ErrorCode.CONFLICT
        assert refused.value.data["claim"]["by_name"] == "Sika"
    act(moderator, "question.approve", question=first)
    assert claimed(sitting) == {}
    assert folds_to_its_snapshot(sitting)


def test_claiming_others_ends_the_claims_before(sitting, moderator, questions):
    first, second, third = questions
    act(moderator, "review.claim", questions=[first])
    act(moderator, "review.claim", questions=[second, third])
    assert set(claimed(sitting)) == {f"claim/{second}", f"claim/{third}"}
    act(moderator, "review.claim", questions=[first], keep=True)
    assert len(claimed(sitting)) == 3
    act(moderator, "review.release", questions=[second])
    assert set(claimed(sitting)) == {f"claim/{first}", f"claim/{third}"}
    act(moderator, "review.release")
    assert claimed(sitting) == {}


def test_what_somebody_holds_is_left_to_them(sitting, moderator, colleague, questions):
    first, second, _ = questions
    act(moderator, "review.claim", questions=[first])
    result = act(colleague, "review.claim", questions=[first, second]).result
    assert result["claimed"] == [f"claim/{second}"]
    assert result["held"][f"claim/{first}"]["by_name"] == "Sika"
    with pytest.raises(Refused) as refused:
        act(colleague, "review.claim", questions=[first])
    assert refused.value.code is ErrorCode.CONFLICT


def test_a_claim_that_ran_out_holds_nobody_back_and_goes(sitting, moderator, colleague, questions):
    first, second, _ = questions
    act(moderator, "review.claim", questions=[first, second])
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    act(colleague, "question.approve", question=first)
    assert sweep.due(sitting.pk) == [("claim", second)]
    for what, key in sweep.due(sitting.pk):
        sweep.do(sitting.pk, what, key)
    assert claimed(sitting) == {}
    assert sweep.due(sitting.pk) == []


def test_renewing_moves_the_end(moderator, questions):
    act(moderator, "review.claim", questions=questions[:1])
    Claim.objects.update(until=timezone.now() + timedelta(seconds=1))
    act(moderator, "review.claim", questions=questions[:1])
    assert Claim.objects.get().until > timezone.now() + timedelta(seconds=50)


def test_questions_of_another_sitting_cannot_be_claimed(moderator, ask):
    with pytest.raises(Refused) as refused:
        act(moderator, "review.claim", questions=[ask(), 999_999])
    assert refused.value.code is ErrorCode.NOT_FOUND
    assert a_sitting()
    assert not Claim.objects.exists()
