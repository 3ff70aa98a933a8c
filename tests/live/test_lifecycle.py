"""The states of a sitting, its agenda, its rehearsals."""

import itertools

import pytest
from django.db import transaction

from live.actions import lifecycle
from live.actions.agenda import AgendaDraft, set_agenda
from live.actions.media import order_for
from live.actions.sittings import SittingDraft, edit_sitting, free_slug
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.media import MediaAccess, MediaMode
from live.timeline.append import SYSTEM

from .acting import (
    STEPS,
    a_commune,
    a_person,
    a_sitting,
    act,
    context,
    folds_to_its_snapshot,
    kinds,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "step"), list(itertools.product(STEPS, lifecycle.TRANSITIONS)), ids="-".join
)
def test_every_step_is_taken_from_its_states_alone(state, step):
    sitting = a_sitting(state)
    clerk = context(sitting, a_person("Clerk", "clerk"), "clerk")
    before = kinds(sitting)
    transition = lifecycle.TRANSITIONS[step]
    if SittingState(state) in transition.sources:
        act(clerk, f"sitting.{step}")
        sitting.refresh_from_db()
        assert sitting.state == transition.target
        assert kinds(sitting) == [*before, transition.kind]
        assert states(sitting)["sitting"]["state"] == transition.target
    else:
        with pytest.raises(Refused) as refused:
            act(clerk, f"sitting.{step}")
        assert refused.value.code is ErrorCode.WRONG_STATE
        sitting.refresh_from_db()
        assert (sitting.state, kinds(sitting)) == (state, before)


def test_opening_says_when_it_began_and_pausing_does_not_forget_it():
    sitting = a_sitting("live")
    began = sitting.started_at
    assert began is not None
    with transaction.atomic():
        lifecycle.change(sitting.pk, "pause", SYSTEM)
        sitting = lifecycle.change(sitting.pk, "resume", SYSTEM)
    assert sitting.started_at == began


@pytest.mark.parametrize(
    ("state", "mode"),
    [
        ("draft", MediaMode.PREVIEW),
        ("scheduled", MediaMode.PREVIEW),
        ("live", MediaMode.LIVE),
        ("paused", MediaMode.PAUSED),
        ("closed_doors", MediaMode.CLOSED_DOORS),
        ("ended", MediaMode.ENDED),
        ("archived", MediaMode.ENDED),
        ("cancelled", MediaMode.PURGED),
    ],
)
def test_media_is_ordered_what_the_state_means(state, mode):
    order = order_for(a_sitting(state))
    assert (order.mode, order.access) == (mode, MediaAccess.PUBLIC)


def test_each_change_of_state_makes_a_newer_order():
    sitting = a_sitting("scheduled")
    versions = [order_for(sitting).version]
    for step in ("open", "close_doors", "reopen_doors", "end"):
        with transaction.atomic():
            sitting = lifecycle.change(sitting.pk, step, SYSTEM)
        versions.append(order_for(sitting).version)
    assert versions == sorted(set(versions))


def test_questions_are_closed_and_opened_once():
    sitting = a_sitting()
    clerk = context(sitting, a_person("Clerk", "clerk"), "clerk")
    act(clerk, "sitting.close_questions")
    act(clerk, "sitting.close_questions")
    assert states(sitting)["sitting"]["questions_open"] is False
    act(clerk, "sitting.open_questions")
    assert kinds(sitting)[-2:] == ["sitting.questions_closed", "sitting.questions_opened"]


def test_opening_a_point_closes_the_one_before():
    sitting = a_sitting()
    host = context(sitting, a_person("Host", "host"), "host")
    first, second = sitting.agenda.all()
    act(host, "agenda.open", item=first.pk)
    act(host, "agenda.open", item=second.pk)
    shown = states(sitting)
    assert shown[f"agenda/{first.pk}"]["state"] == "closed"
    assert shown[f"agenda/{second.pk}"]["state"] == "open"
    assert kinds(sitting)[-3:] == ["agenda.opened", "agenda.closed", "agenda.opened"]


def test_a_wrong_click_on_the_agenda_can_be_undone():
    sitting = a_sitting()
    host = context(sitting, a_person("Host", "host"), "host")
    item = sitting.agenda.first()
    key = f"agenda/{item.pk}"
    act(host, "agenda.open", item=item.pk)
    act(host, "agenda.revert", item=item.pk)
    assert states(sitting)[key]["state"] == "pending"
    assert states(sitting)[key]["opened_at"] is None
    act(host, "agenda.open", item=item.pk)
    act(host, "agenda.close", item=item.pk)
    act(host, "agenda.reopen", item=item.pk)
    assert states(sitting)[key]["state"] == "open"
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("state", ["draft", "scheduled", "ended", "cancelled"])
def test_the_agenda_moves_only_while_the_sitting_runs(state):
    sitting = a_sitting(state)
    host = context(sitting, a_person("Host", "host"), "host")
    with pytest.raises(Refused) as refused:
        act(host, "agenda.open", item=sitting.agenda.first().pk)
    assert refused.value.code is ErrorCode.WRONG_STATE


def test_a_point_of_another_sitting_is_not_found():
    sitting, other = a_sitting(), a_sitting()
    host = context(sitting, a_person("Host", "host"), "host")
    with pytest.raises(Refused) as refused:
        act(host, "agenda.open", item=other.agenda.first().pk)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_the_agenda_is_rewritten_reordered_and_shortened():
    sitting = a_sitting("draft")
    first, second = sitting.agenda.all()
    with transaction.atomic():
        set_agenda(
            sitting.pk,
            [AgendaDraft("Voirie et pistes", id=second.pk), AgendaDraft("Divers")],
            SYSTEM,
        )
    titles = list(sitting.agenda.values_list("title", flat=True))
    assert titles == ["Voirie et pistes", "Divers"]
    assert f"agenda/{first.pk}" not in states(sitting)
    assert folds_to_its_snapshot(sitting)


def test_a_point_that_was_opened_cannot_be_removed():
    sitting = a_sitting()
    host = context(sitting, a_person("Host", "host"), "host")
    first, second = sitting.agenda.all()
    act(host, "agenda.open", item=first.pk)
    with pytest.raises(Refused), transaction.atomic():
        set_agenda(sitting.pk, [AgendaDraft("Voirie", id=second.pk)], SYSTEM)
    assert sitting.agenda.count() == 2


def test_editing_keeps_the_address_and_says_what_changed():
    sitting = a_sitting("scheduled")
    draft = SittingDraft(
        "council", "Session ordinaire", sitting.scheduled_at, place="Hôtel de ville"
    )
    with transaction.atomic():
        edit_sitting(sitting.pk, draft, SYSTEM)
    edited = Sitting.objects.get(pk=sitting.pk)
    assert (edited.slug, edited.kind) == (sitting.slug, "council")
    assert states(sitting)["sitting"]["place"] == "Hôtel de ville"


@pytest.mark.parametrize("state", ["ended", "archived", "cancelled"])
def test_what_is_over_is_not_edited(state):
    sitting = a_sitting(state)
    draft = SittingDraft("council", "Autre chose", sitting.scheduled_at)
    with pytest.raises(Refused), transaction.atomic():
        edit_sitting(sitting.pk, draft, SYSTEM)


def test_addresses_are_free_and_never_one_of_ours():
    commune = a_commune()
    a_sitting(title="Budget 2027")
    assert free_slug(commune, "Budget 2027") == "budget-2027-2"
    assert free_slug(commune, "Nouvelle") == "nouvelle-2"
    assert free_slug(commune, "???") == "seance"


def test_a_rehearsal_leaves_nothing_and_can_be_held_again():
    sitting = a_sitting("draft", rehearsal=True)
    person = a_person("Clerk", "admin")
    who = context(sitting, person, "admin")
    epoch = sitting.timeline.epoch
    act(who, "sitting.open")
    sitting.refresh_from_db()
    assert order_for(sitting).access is MediaAccess.TOKEN
    act(who, "question.submit", text="Une question d'essai ?")
    act(who, "poll.prepare", prompt="Un vote d'essai ?", options=["Oui", "Non"])
    act(who, "sitting.end")
    sitting.refresh_from_db()
    assert sitting.state == "draft"
    assert (sitting.questions.count(), sitting.polls.count()) == (0, 0)
    assert sitting.timeline.epoch != epoch
    assert set(kinds(sitting)) == {"sitting.created", "agenda.added"}
    assert order_for(sitting).mode is MediaMode.PURGED
    act(who, "sitting.open")


@pytest.mark.parametrize("was", [False, True])
def test_what_was_used_as_a_rehearsal_or_in_earnest_stays_so(was):
    sitting = a_sitting("scheduled", rehearsal=was)
    before = SittingDraft("hearing", sitting.title, sitting.scheduled_at, rehearsal=was)
    other = SittingDraft("hearing", sitting.title, sitting.scheduled_at, rehearsal=not was)
    with transaction.atomic():
        edit_sitting(sitting.pk, other, SYSTEM)
        edit_sitting(sitting.pk, before, SYSTEM)
    act(context(sitting, a_person()), "question.submit", text="Une question posée à temps ?")
    with pytest.raises(Refused) as refused, transaction.atomic():
        edit_sitting(sitting.pk, other, SYSTEM)
    assert (refused.value.code, refused.value.field) == (ErrorCode.WRONG_STATE, "rehearsal")
    with transaction.atomic():
        edit_sitting(sitting.pk, before, SYSTEM)
