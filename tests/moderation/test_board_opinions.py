"""Concerns and comments refused by two moderators where one alone may not; decisions taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from communes.models import Person
from consultations.models import Concern, ConcernBoard, PendingRefusal
from consultations.tasks.concerns import tell_concern_followers
from live.models import Entry
from live.protocol.errors import ErrorCode
from moderation.actions import sweep
from moderation.models import Decision
from moderation.tasks import sweep_boards
from tests.consultations.concerning import (
    ROAD,
    a_concern,
    act,
    kinds,
    states,
)
from tests.support.factories import make_person

from .deciding import REPROACH, board_act, expire, refused

pytestmark = pytest.mark.django_db


def test_criticism_of_the_commune_is_refused_by_two(make, commune, sika, bio):
    one = make(REPROACH)
    assert "about_host" in {flag["code"] for flag in one.review["flags"]}
    done = one.do(sika, "reject", code="insult", reason="Grossier.")
    assert done == {"state": one.review["state"], "second_opinion": True}
    assert one.public, "what is published stays so until the second confirms"
    waiting = one.review["second_opinion"]
    assert (waiting["by_name"], waiting["code"], waiting["reason"]) == (
        "Sika", "insult", "Grossier.",
    )  # fmt: skip
    assert waiting["until"] - waiting["asked_at"] == 48 * 3600 * 1000
    refused(ErrorCode.FORBIDDEN, one.do, sika, "second", confirm=True)
    refused(ErrorCode.FORBIDDEN, one.do, sika, "reject", code="insult")
    one.do(bio, "second", confirm=True)
    assert (one.review["state"], one.review["code"], one.review["note"]) == (
        "rejected", "insult", "Grossier.",
    )  # fmt: skip
    assert one.review["second_opinion"] is None
    assert not one.public
    assert one.decided()[-2:] == ["second", "reject"]
    refused(ErrorCode.CONFLICT, one.do, bio, "second", confirm=True)


@pytest.mark.parametrize("how", ["second", "approve"])
def test_the_second_moderator_has_it_published(make, sika, bio, how):
    one = make(REPROACH, published=False)
    one.do(sika, "reject", code="insult")
    assert one.review["state"] == "pending"
    one.do(bio, how, **({"confirm": False} if how == "second" else {}))
    assert one.public and one.review["second_opinion"] is None
    assert one.decided() == ["second", "overrule"]


def test_what_anybody_could_check_is_refused_by_one_and_the_rest_by_two(make, sika):
    one = make()
    assert one.do(sika, "reject", code="private_matter")["second_opinion"] is True
    other = make("Appelez-moi pour des pagnes pas chers, rue 12.")
    assert one.kind == "comment" or other.concern != one.concern
    assert other.do(sika, "reject", code="advertising")["second_opinion"] is False


def test_a_moderator_can_say_that_it_is_criticism(one, sika, bio):
    assert one.do(bio, "label", add=["about_host"]) == {"labels": ["about_host"]}
    assert one.review["labels"] == ["about_host"]
    assert one.do(sika, "reject", code="insult")["second_opinion"] is True


def test_a_commune_may_do_without(make, commune, sika):
    ConcernBoard.objects.filter(commune=commune).update(second_opinion=False)
    assert make(REPROACH).do(sika, "reject", code="insult")["second_opinion"] is False


@pytest.mark.parametrize("published", [True, False])
def test_nobody_confirms_in_time_and_it_is_published(make, commune, sika, published):
    one = make(REPROACH, published=published)
    one.do(sika, "reject", code="insult")
    assert sweep.due_on_boards([str(commune.pk)]) == {}
    expire(commune)
    assert one.public and one.review["second_opinion"] is None
    assert one.decided()[-1] == "expire"
    last = Decision.objects.order_by("-pk")[0]
    assert (last.role, last.moderator, last.code) == ("system", None, "insult")
    expire(commune)
    assert one.decided().count("expire") == 1
    board = commune.concern_board.timeline_id
    last_entry = Entry.objects.filter(timeline=board, key=f"{one.kind}_review/{one.id}")
    assert last_entry.order_by("-seq")[0].kind == f"{one.kind}_review.second_expired"


def test_it_is_published_although_nobody_looks_at_the_desk(
    make, sika, commune, django_capture_on_commit_callbacks
):
    one = make(REPROACH, published=False)
    one.do(sika, "reject", code="insult")
    PendingRefusal.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert sweep.overdue_boards() == [str(commune.pk)]
    assert sweep_boards.func() == 1
    assert one.public
    assert sweep_boards.func() == 0


def test_what_its_author_took_back_meanwhile_is_not_published(make, commune, sika):
    one = make(REPROACH, published=False)
    one.do(sika, "reject", code="insult")
    author = one.review["person"]
    person = Person.objects.get(public_id=author)
    act(one.concern, person, f"{one.kind}.withdraw", **{one.kind: one.id})
    expire(commune)
    assert not one.public and one.review["state"] == "withdrawn"
    assert one.decided() == ["second"] and not PendingRefusal.objects.exists()


def test_whoever_is_too_late_is_told_who_was_faster(one, sika, bio):
    before = one.review["state"]
    one.do(sika, "reject", code="insult")
    for what, args in (("reject", {"code": "insult"}), ("approve", {})):
        problem = refused(ErrorCode.CONFLICT, one.do, bio, what, seen=before, **args)
        assert (problem.data["state"], problem.data["by_name"]) == ("rejected", "Sika")
    problem = refused(ErrorCode.WRONG_STATE, one.do, bio, "reject", code="insult")
    assert problem.data["by_name"] == "Sika"


@pytest.mark.parametrize("published", [True, False])
def test_a_decision_is_taken_back_and_all_is_as_it_was(make, commune, sika, bio, published):
    one = make(published=published)
    before, seen = one.review, states(one.concern)
    changed = {"changed_at"}
    for what, args in (("reject", {"code": "insult"}), ("reject", {"code": "private_matter"}),
                       ("approve", {})):  # fmt: skip
        if published and what == "approve":
            continue
        one.do(sika, what, **args)
        assert one.review != before
        refused(ErrorCode.CONFLICT, one.do, bio, "undo")
        one.do(sika, "undo")
        now = one.review
        assert {k: v for k, v in now.items() if k not in changed} == {
            k: v for k, v in before.items() if k not in changed
        }
        if one.kind == "comment":
            assert states(one.concern) == seen
        assert one.public is published
    assert one.decided()[-2:] == [one.decided()[-2], "undo"]


def test_it_is_taken_back_for_ten_seconds(one, sika):
    one.do(sika, "reject", code="insult")
    Decision.objects.update(at=timezone.now() - timedelta(seconds=11))
    refused(ErrorCode.WRONG_STATE, one.do, sika, "undo")
    assert one.review["state"] == "rejected"


def test_taking_back_the_second_word_makes_the_refusal_wait_again(make, sika, bio):
    one = make(REPROACH)
    one.do(sika, "reject", code="insult")
    waiting = one.review["second_opinion"]
    for confirm in (True, False):
        one.do(bio, "second", confirm=confirm)
        one.do(bio, "undo")
        assert one.review["second_opinion"] == waiting and one.public


def test_joining_and_separating_are_taken_back(commune, concern, sika):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    act(other, make_person(), "concern.support")
    named = {"concern": other.pk, "comment": None}
    act(concern, sika, "concern.merge", target=concern.pk, concerns=[other.pk])
    assert Concern.objects.get(pk=concern.pk).supports == 2
    board_act(commune, sika, "review.undo", **named)
    assert Concern.objects.get(pk=concern.pk).supports == 0
    assert states(other)[f"concern/{other.pk}"]["state"] == "received"
    act(concern, sika, "concern.merge", target=concern.pk, concerns=[other.pk])
    act(concern, sika, "concern.split", concerns=[other.pk])
    board_act(commune, sika, "review.undo", **named)
    assert Concern.objects.get(pk=concern.pk).supports == 2
    assert states(other)[f"concern/{other.pk}"]["merged_into"] == concern.pk
    verdicts = Decision.objects.filter(concern=other).order_by("pk")
    assert list(verdicts.exclude(verdict="approve").values_list("verdict", "undone")) == [
        ("merge", True), ("undo", False), ("merge", False), ("split", True), ("undo", False),
    ]  # fmt: skip


def told() -> list[int]:
    """How many people each task told, in the order in which they were asked for."""
    rows = DBTaskResult.objects.filter(task_path=tell_concern_followers.module_path)
    waiting = [row.args_kwargs["args"] for row in rows.order_by("run_after")]
    rows.delete()
    return [tell_concern_followers.func(*args) for args in waiting]


def test_nobody_is_told_of_what_was_taken_back(commune, sika):
    concern = a_concern(commune, make_person(), published=False)
    act(concern, sika, "concern.approve")
    named = {"concern": concern.pk, "comment": None}
    act(concern, sika, "review.undo", **named)
    assert told() == [0]
    assert kinds(concern) == ["concern.published", "concern.reverted"]
    assert not states(concern)


def test_who_publishes_again_what_was_taken_back_has_people_told_once(commune, sika):
    concern = a_concern(commune, make_person(), published=False)
    named = {"concern": concern.pk, "comment": None}
    act(concern, sika, "concern.approve")
    act(concern, sika, "review.undo", **named)
    act(concern, sika, "concern.approve")
    assert told() == [0, 1]
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    assert told() == [1]
    for _ in range(2):
        act(concern, sika, "concern.merge", target=other.pk, concerns=[concern.pk])
        board_act(commune, sika, "review.undo", **named)
    act(concern, sika, "concern.merge", target=other.pk, concerns=[concern.pk])
    assert told() == [0, 0, 1]


def test_what_was_published_is_looked_at_again_when_it_is_reported(one, sika):
    assert one.kind == "comment" or one.review["reviewed"]
    one.do(make_person(), "report", code="insult")
    assert not one.review["reviewed"]
    one.do(sika, "approve")
    assert one.review["reviewed"] and one.public
    entries = Entry.objects.filter(key=f"{one.kind}_review/{one.id}").count()
    one.do(sika, "approve")
    assert Entry.objects.filter(key=f"{one.kind}_review/{one.id}").count() == entries
