"""What media tells: once, again, out of order, of what is over, and by a process started anew."""

import pytest

from live.actions.media import order_for, record_facts, settle, unsettled_orders
from live.models import Recording
from live.protocol.frames import Stream
from live.protocol.media import (
    FactKind,
    MediaFact,
    MediaFacts,
    MediaMode,
    MediaStatus,
    PublisherStatus,
    RecordingSummary,
)
from tests.live.acting import a_sitting, kinds, states

pytestmark = pytest.mark.django_db

PUBLISHER = PublisherStatus(connected_at=1.0, interrupted=False, has_video=True, has_audio=True)
SUMMARY = RecordingSummary(
    duration_s=12.0, size_bytes=1000, has_video=True, has_audio=True, anchors=[]
)


def tell(sitting, *what: FactKind, boot: str = "a", first: int = 1, summary=SUMMARY) -> bool:
    facts = [
        MediaFact(
            n=n,
            at=1.0,
            kind=kind,
            sitting=sitting.pk if sitting and kind is not FactKind.STARTED else None,
            publisher=PUBLISHER if kind.value.startswith("publisher") else None,
            recording=summary if kind is FactKind.RECORDING_FINALISED else None,
        )
        for n, kind in enumerate(what, first)
    ]
    return record_facts(MediaFacts(boot=boot, facts=facts))


def stream(sitting) -> str:
    return states(sitting)["stream"]["status"]


def publisher(sitting) -> str:
    return states(sitting, Stream.STAFF)["publisher"]["status"]


def test_the_same_facts_twice_are_facts_once():
    sitting = a_sitting()
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.RECORDING_PLAYABLE)
    before = kinds(sitting)
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.RECORDING_PLAYABLE)
    assert kinds(sitting) == before


def test_a_media_process_that_starts_anew_has_nobody_connected():
    sitting = a_sitting()
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.RECORDING_PLAYABLE)
    assert (stream(sitting), publisher(sitting)) == ("on", "connected")
    # It was killed: it could not say that the publisher had gone.
    assert tell(sitting, FactKind.STARTED, boot="b")
    assert (stream(sitting), publisher(sitting)) == ("interrupted", "absent")
    tell(sitting, FactKind.PUBLISHER_CONNECTED, boot="b", first=2)
    assert (stream(sitting), publisher(sitting)) == ("on", "connected")


def test_a_publisher_who_comes_back_sound_first_takes_no_picture_away():
    sitting = a_sitting()
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.RECORDING_PLAYABLE)
    sound = PUBLISHER.model_copy(update={"has_video": False})
    back = MediaFact(
        n=1, at=2.0, kind=FactKind.PUBLISHER_CONNECTED, sitting=sitting.pk, publisher=sound
    )
    record_facts(MediaFacts(boot="b", facts=[back]))
    assert states(sitting)["stream"] == {"status": "on", "has_video": True, "has_audio": True}


def test_what_a_publisher_showed_before_the_sitting_promises_nothing():
    sitting = a_sitting("scheduled")
    tell(sitting, FactKind.PUBLISHER_CONNECTED, FactKind.PUBLISHER_LEFT)
    sound = PUBLISHER.model_copy(update={"has_video": False})
    other = MediaFact(
        n=3, at=2.0, kind=FactKind.PUBLISHER_CONNECTED, sitting=sitting.pk, publisher=sound
    )
    record_facts(MediaFacts(boot="a", facts=[other]))
    assert states(sitting)["stream"] == {"status": "off", "has_video": False, "has_audio": True}


def test_facts_about_what_is_unknown_or_over_hold_up_no_others():
    sitting, over = a_sitting(), a_sitting("archived")
    strange = MediaFacts(
        boot="a",
        facts=[
            MediaFact(n=1, at=1.0, kind=FactKind.PUBLISHER_LEFT, sitting="22222222222z"),
            MediaFact(n=2, at=1.0, kind=FactKind.RECORDING_FINALISED, sitting=over.pk),
            MediaFact(n=3, at=1.0, kind=FactKind.PUBLISHER_CONNECTED, sitting=sitting.pk),
        ],
    )
    record_facts(strange)
    assert publisher(sitting) == "connected"


def test_a_sitting_without_a_second_of_video_is_archived_without_a_recording():
    sitting = a_sitting("ended")
    nothing = SUMMARY.model_copy(update={"duration_s": 0.0, "size_bytes": 0})
    tell(sitting, FactKind.RECORDING_FINALISED, summary=nothing)
    sitting.refresh_from_db()
    assert sitting.state == "archived"
    assert not Recording.objects.filter(sitting=sitting).exists()


def test_an_order_that_media_has_not_heard_waits_for_it():
    sitting = a_sitting("ended")
    assert sitting.pk in {order.sitting for order in unsettled_orders()}
    old = MediaStatus(
        sitting=sitting.pk,
        version=sitting.media_version - 1,
        mode=MediaMode.ENDED,
        publisher=None,
        recorded_s=0,
        recorded_bytes=0,
        disk_free=1,
    )
    settle(old)
    sitting.refresh_from_db()
    assert sitting.state == "ended"
    settle(old.model_copy(update={"version": sitting.media_version}))
    sitting.refresh_from_db()
    assert sitting.state == "archived"


def test_a_rehearsal_that_is_opened_again_before_media_forgot_it_is_forgotten_first():
    from live.actions.lifecycle import change
    from live.timeline.append import SYSTEM

    sitting = a_sitting("ended", rehearsal=True)
    sitting.refresh_from_db()
    assert order_for(sitting).mode is MediaMode.PURGED
    sitting = change(sitting.pk, "open", SYSTEM)
    order = order_for(sitting)
    assert order.mode is MediaMode.PURGED
    settle(
        MediaStatus(
            sitting=sitting.pk,
            version=order.version,
            mode=MediaMode.PURGED,
            publisher=None,
            recorded_s=0,
            recorded_bytes=0,
            disk_free=1,
        )
    )
    sitting.refresh_from_db()
    assert order_for(sitting).mode is MediaMode.LIVE
    assert order_for(sitting).version > order.version
