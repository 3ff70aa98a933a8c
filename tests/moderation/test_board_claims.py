"""Claims on concerns and comments: two moderators never decide the same, and nobody from elsewhere
decides anything."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations.models import ABOUT, PendingRefusal
from live.protocol.errors import ErrorCode
from live.protocol.frames import Stream
from live.timeline.fold import fold
from live.timeline.read import entries_since
from moderation.actions import sweep
from moderation.models import Claim, Decision
from tests.consultations.concerning import (
    ROAD,
    a_concern,
    act,
    board_context,
    board_states,
    said_by,
)
from tests.live.acting import a_sitting, context
from tests.live.acting import act as act_as
from tests.support.factories import make_commune, make_person

from .deciding import board_act, claimed, expire, refused

pytestmark = pytest.mark.django_db


def test_what_somebody_is_deciding_is_left_to_them(one, commune, sika, bio):
    done = board_act(commune, sika, "review.claim", **{f"{one.kind}s": [one.id]})
    key = f"{one.kind}_claim/{one.id}"
    assert done["claimed"] == [key]
    assert claimed(commune) == {key: "Sika"}
    for what, args in (("reject", {"code": "insult"}), ("approve", {})):
        problem = refused(ErrorCode.CONFLICT, one.do, bio, what, **args)
        assert problem.data["claim"]["by_name"] == "Sika"
    held = refused(
        ErrorCode.CONFLICT, board_act, commune, bio, "review.claim", **{f"{one.kind}s": [one.id]}
    )
    assert held.data["held"][key]["by_name"] == "Sika"
    one.do(sika, "reject", code="insult")
    assert claimed(commune) == {}
    assert one.review["state"] == "rejected"
    timeline = commune.concern_board.timeline_id
    assert fold(entries_since(timeline, 0, Stream.STAFF)) == board_states(commune)


def test_joining_too_is_left_to_whoever_claimed(commune, concern, sika, bio):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    board_act(commune, sika, "review.claim", concerns=[other.pk])
    args = {"target": concern.pk, "concerns": [other.pk]}
    refused(ErrorCode.CONFLICT, act, concern, bio, "concern.merge", **args)
    seen = {"seen": {str(other.pk): "taken_up"}}
    refused(ErrorCode.CONFLICT, act, concern, sika, "concern.merge", **args, **seen)
    act(concern, sika, "concern.merge", **args)
    assert claimed(commune) == {}


def test_concerns_and_comments_are_claimed_and_let_go_together(commune, concern, sika):
    said = said_by(concern, make_person())
    both = {"concerns": [concern.pk], "comments": [said.pk]}
    board_act(commune, sika, "review.claim", **both)
    assert len(claimed(commune)) == 2
    board_act(commune, sika, "review.claim", comments=[said.pk])
    assert claimed(commune) == {f"comment_claim/{said.pk}": "Sika"}
    board_act(commune, sika, "review.claim", concerns=[concern.pk], keep=True)
    board_act(commune, sika, "review.release", comments=[said.pk])
    assert claimed(commune) == {f"concern_claim/{concern.pk}": "Sika"}
    board_act(commune, sika, "review.release")
    assert claimed(commune) == {}


def test_a_claim_that_ran_out_holds_nobody_back_and_goes_by_itself(one, commune, sika, bio):
    board_act(commune, sika, "review.claim", **{f"{one.kind}s": [one.id]})
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    due = sweep.due_on_boards([str(commune.pk)])[str(commune.pk)].due
    assert due == [(f"{one.kind}_claim", one.id)]
    assert sweep.overdue_boards() == []
    expire(commune)
    assert claimed(commune) == {} and sweep.due_on_boards([str(commune.pk)]) == {}
    one.do(bio, "reject", code="insult")


def test_nothing_is_claimed_where_it_is_not_decided(commune, concern, sika):
    elsewhere = a_concern(make_commune(), make_person())
    sitting = a_sitting(commune=commune)
    for args, code in (
        ({"concerns": [elsewhere.pk]}, ErrorCode.NOT_FOUND),
        ({"concerns": [concern.pk, 999_999]}, ErrorCode.NOT_FOUND),
        ({"questions": [1]}, ErrorCode.NOT_FOUND),
        ({}, ErrorCode.INVALID),
    ):
        refused(code, board_act, commune, sika, "review.claim", **args)
    there = context(sitting, sika, "moderator")
    refused(ErrorCode.NOT_FOUND, act_as, there, "review.claim", concerns=[concern.pk])
    refused(
        ErrorCode.NOT_FOUND, act_as, there, "review.second", concern=concern.pk, confirm=True
    )  # fmt: skip
    assert not Claim.objects.exists()


@pytest.mark.parametrize("model", [Claim, PendingRefusal, Decision])
def test_a_row_is_about_exactly_one_thing(concern, sika, model):
    said = said_by(concern, make_person())
    now = timezone.now()
    fields = {
        Claim: {"moderator": sika, "until": now},
        PendingRefusal: {"code": "insult", "asked_at": now, "until": now},
        Decision: {"verdict": "approve", "from_state": "pending", "at": now},
    }[model]
    for about in ({}, {"concern": concern, "comment": said}):
        with transaction.atomic(), pytest.raises(IntegrityError):
            model.objects.create(**about, **fields)
    assert set(ABOUT) <= {field.name for field in model._meta.fields}
    model.objects.create(comment=said, **fields)


@pytest.mark.parametrize("who", ["citizen", "clerk", "host", "stranger"])
@pytest.mark.parametrize("name", ["review.claim", "review.release", "review.second"])
def test_moderators_of_the_commune_alone_claim_and_confirm(commune, concern, who, name):
    person = {
        "citizen": lambda: make_person(),
        "stranger": lambda: make_person(make_commune(), "moderator"),
    }.get(who, lambda: make_person(commune, who))()
    with pytest.raises(AssertionError, match=rf"{name} is for"):
        act(concern, person, name, concern=concern.pk)


def test_another_communes_moderator_reaches_nothing_of_this_one(one, commune, sika):
    stranger = make_person(make_commune(), "moderator")
    there = board_context(stranger.roles.get().commune, stranger)
    one.do(sika, "reject", code="private_matter")
    named = {"concern": None, "comment": None, one.kind: one.id}
    for name, args in (
        ("review.claim", {f"{one.kind}s": [one.id]}),
        ("review.second", {**named, "confirm": True}),
        ("review.undo", named),
        ("concern.label", {**named, "add": ["about_host"]}),
        (f"{one.kind}.reject", {one.kind: one.id, "code": "insult"}),
        (f"{one.kind}.approve", {one.kind: one.id}),
    ):
        refused(ErrorCode.NOT_FOUND, act_as, there, name, **args)
    assert one.public
