"""`/api/v1/me/push`: the devices on which somebody takes notifications."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, StringConstraints

from consultations.models import PushDevice
from consultations.sending.push import is_push_service, public_key, readable_keys
from live.delivery.writer import perform
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.transport.limits import spend
from live.transport.signed_in import signed_in

from .asking import person_of

router = Router(tags=["notifications"], auth=signed_in)

#: Devices of one person; the oldest makes room.
MOST = 8


class PushState(Message):
    """`public_key`: the `applicationServerKey` that browsers subscribe with (RFC 8292)."""

    public_key: str
    devices: Annotated[int, Field(ge=0)]


class PushSubscription(Message):
    """What `PushSubscription.toJSON()` gives a browser, its keys beside its endpoint."""

    endpoint: Annotated[str, StringConstraints(max_length=600)]
    p256dh: Annotated[str, StringConstraints(max_length=100)]
    auth: Annotated[str, StringConstraints(max_length=40)]


class PushEndpoint(Message):
    endpoint: Annotated[str, StringConstraints(max_length=600)]


@router.get("/push", response=PushState)
def push_state(request: HttpRequest) -> PushState:
    """The key to subscribe with, and on how many devices one does."""
    person = person_of(request)
    devices = PushDevice.objects.filter(person=person).count()
    return PushState(public_key=public_key(), devices=devices)


@router.post("/push", response=PushState)
def subscribe(request: HttpRequest, wanted: PushSubscription) -> PushState:
    """Take notifications on this device."""
    person = person_of(request)
    spend("20/hour", "push", str(person.pk))
    if not is_push_service(wanted.endpoint):
        raise Refused(ErrorCode.INVALID, "not a push service that we know", field="endpoint")
    if not readable_keys(wanted.p256dh, wanted.auth):
        raise Refused(ErrorCode.INVALID, "these are not a browser's keys", field="p256dh")

    def keep() -> None:
        # A device belongs to whoever used it last.
        PushDevice.objects.update_or_create(
            endpoint=wanted.endpoint,
            defaults={"person": person, "p256dh": wanted.p256dh, "auth": wanted.auth},
        )
        mine = PushDevice.objects.filter(person=person).order_by("-added_at", "-pk")
        PushDevice.objects.filter(pk__in=[device.pk for device in mine[MOST:]]).delete()

    perform(keep)
    return push_state(request)


@router.delete("/push", response={204: None})
def unsubscribe(request: HttpRequest, device: PushEndpoint) -> Status[None]:
    """Take none on this device any more."""
    person = person_of(request)
    perform(lambda: PushDevice.objects.filter(person=person, endpoint=device.endpoint).delete())
    return Status(204, None)
