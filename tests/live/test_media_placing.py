"""Which media process holds which sitting: spread, kept, moved when one is down."""

import pytest

from live.actions.media import order_for, record_facts
from live.actions.placing import place, plan
from live.models import MediaServer
from live.protocol.media import FactKind, MediaFact, MediaFacts, MediaProcessAddress
from tests.live.acting import a_sitting
from tests.live.test_media_facts import PUBLISHER, publisher, stream, tell

pytestmark = pytest.mark.django_db

ALL = {"one", "two"}


@pytest.fixture(autouse=True)
def two_servers():
    for n, name in enumerate(sorted(ALL), 1):
        tell_of(name, n)


def tell_of(name: str, port: int, boot: str = "x") -> None:
    server = MediaProcessAddress(name=name, url=f"http://127.0.0.1:{port}")
    record_facts(MediaFacts(boot=f"{boot}{name}", server=server, facts=[]))


def settle_down(up=ALL, down=frozenset()) -> int:
    """Place until nothing is left to do; how many moves that took."""
    done = 0
    while moves := plan(set(up), set(down)):
        place(moves)
        done += len(moves)
        assert done < 100, "it never comes to rest"
    return done


def held_by(name: str) -> int:
    return MediaServer.objects.get(name=name).sittings.count()


def test_sittings_are_spread_and_then_stay():
    for state in ["live"] * 4 + ["scheduled"] * 4:
        a_sitting(state)
    assert settle_down() == 8
    assert (held_by("one"), held_by("two")) == (4, 4)
    assert settle_down() == 0


def test_one_more_process_gets_what_has_not_begun_and_what_is_new():
    running = [a_sitting("live") for _ in range(2)]
    for _ in range(6):
        a_sitting("scheduled")
    settle_down(up={"one"})
    settle_down()
    assert held_by("two") == 6
    new = a_sitting("live")
    settle_down()
    new.refresh_from_db()
    assert new.media_server_id == "two"
    for sitting in running:
        sitting.refresh_from_db()
        assert (sitting.media_server_id, sitting.media_claim) == ("one", 1)


def test_a_sitting_to_which_somebody_sends_is_not_moved_to_spread_it():
    sent_to = a_sitting("scheduled")
    settle_down(up={"one"})
    tell(sent_to, FactKind.PUBLISHER_CONNECTED)
    for _ in range(5):
        a_sitting("scheduled")
    settle_down()
    sent_to.refresh_from_db()
    assert sent_to.media_server_id == "one"


def test_the_sittings_of_one_that_is_down_move_and_show_that_they_are_interrupted():
    sitting = a_sitting("live")
    settle_down(up={"one"})
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.RECORDING_PLAYABLE)
    assert settle_down(up={"two"}) == 0, "silent, but not given up: it may only be slow"
    assert settle_down(up={"two"}, down={"one"}) == 1
    sitting.refresh_from_db()
    order = order_for(sitting)
    assert (order.holder, order.claim) == ("two", 2)
    assert (stream(sitting), publisher(sitting)) == ("interrupted", "absent")
    # Back with old news: they are of a sitting that is not its own any more.
    old = MediaFact(
        n=1, at=1.0, kind=FactKind.PUBLISHER_LEFT, sitting=sitting.pk, publisher=PUBLISHER
    )
    new = old.model_copy(update={"kind": FactKind.PUBLISHER_CONNECTED})
    for name, fact in (("two", new), ("one", old)):
        server = MediaProcessAddress(name=name, url="http://127.0.0.1:1")
        record_facts(MediaFacts(boot=f"late-{name}", server=server, facts=[fact]))
    assert publisher(sitting) == "connected"


def test_one_that_starts_anew_says_nothing_of_the_others_publishers():
    sitting = a_sitting("live")
    settle_down(up={"one"})
    tell(sitting, FactKind.PUBLISHER_CONNECTED)
    started = MediaFact(n=1, at=1.0, kind=FactKind.STARTED)
    for name, wanted in (("two", "connected"), ("one", "absent")):
        server = MediaProcessAddress(name=name, url="http://127.0.0.1:1")
        record_facts(MediaFacts(boot=f"again-{name}", server=server, facts=[started]))
        assert publisher(sitting) == wanted


def test_nothing_moves_while_nobody_answers_and_two_movers_move_once():
    sitting = a_sitting("live")
    settle_down(up={"one"})
    assert plan(set(), {"one"}) == []
    moves = plan({"two"}, {"one"})
    place(moves)
    place(moves)
    sitting.refresh_from_db()
    assert sitting.media_claim == 2


def test_one_that_is_drained_keeps_what_goes_on_and_gets_nothing_new():
    going_on, before = a_sitting("live"), a_sitting("scheduled")
    settle_down(up={"one"})
    settle_down(up={"two"})
    for sitting, wanted in ((going_on, "one"), (before, "two")):
        sitting.refresh_from_db()
        assert sitting.media_server_id == wanted
