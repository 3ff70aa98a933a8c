"""Telling people by e-mail and push, in the background, each in their language.

A message goes at most once: who is told is noted before the next one is sent. When a mail server
is away, the others are still told, and the error is logged.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from communes.days import written
from communes.models import Person
from consultations.models import (
    Commitment,
    CommitmentFollower,
    CommitmentStatus,
    CommitmentUpdate,
    PushDevice,
    Reminder,
)
from consultations.sending.mail import send_mail
from consultations.sending.notice import Notice
from consultations.sending.push import Gone, send_push
from consultations.sending.stopping import Subscription
from live.delivery.writer import perform
from live.models import Sitting

logger = logging.getLogger(__name__)


@task()
def remind(sitting_id: str) -> int:
    """Tell everyone who wanted to know that a sitting starts. Returns how many were told."""
    sitting = Sitting.objects.select_related("commune").get(pk=sitting_id)
    told = 0
    for reminder in Reminder.objects.filter(sitting=sitting).select_related("person"):
        # Once it is gone nobody is told twice, however often the task is begun again.
        gone = perform(lambda pk=reminder.pk: Reminder.objects.filter(pk=pk).delete()[0])  # type: ignore[misc]
        if gone:
            told += tell(reminder.person, lambda person: start_notice(sitting, person))
    return told


@task()
def tell_followers(commitment_id: int, news_id: int | None) -> int:
    """Tell those who follow a promise what became of it, or (without `news_id`) that it is late.
    Returns how many were told."""
    commitment = Commitment.objects.select_related("sitting", "commune").get(pk=commitment_id)
    news = CommitmentUpdate.objects.get(pk=news_id) if news_id is not None else None
    told = 0
    followers = CommitmentFollower.objects.filter(commitment=commitment).select_related("person")
    for follower in followers.order_by("pk"):
        told += tell(follower.person, lambda person: news_notice(commitment, news, person))
    return told


def tell(person: Person, make: Callable[[Person], Notice]) -> bool:
    """Tell one person by every way there is; whether one of them worked."""
    with translation.override(person.language):
        notice = make(person)
        told = bool(person.email) and _mailed(person.email or "", notice)
    for device in PushDevice.objects.filter(person=person):
        told = _pushed(device, notice) or told
    return told


def _mailed(address: str, notice: Notice) -> bool:
    try:
        send_mail(address, notice)
    except OSError:  # SMTPException is one
        logger.exception("a notice could not be mailed")
        return False
    return True


def _pushed(device: PushDevice, notice: Notice) -> bool:
    try:
        send_push(device, notice)
    except Gone:
        perform(lambda: PushDevice.objects.filter(pk=device.pk).delete())
        return False
    except OSError:
        logger.exception("a notice could not be pushed")
        return False
    return True


def start_notice(sitting: Sitting, person: Person) -> Notice:
    """It starts."""
    return Notice(
        title=_("{commune}: it is starting").format(commune=sitting.commune.name),
        body=_("“{title}” has just started. Watch, listen, ask your question.").format(
            title=sitting.title
        ),
        url=f"{settings.PUBLIC_URL}/{sitting.commune.slug}/seances/{sitting.slug}/",
        stop_url=Subscription("reminder", sitting.pk, person.pk).url,
        tag=f"sitting-{sitting.pk}",
    )


def news_notice(commitment: Commitment, news: CommitmentUpdate | None, person: Person) -> Notice:
    """What became of a promise."""
    sentences = {
        CommitmentStatus.OPEN: _("News of a commitment"),
        CommitmentStatus.LATE: _("A commitment is late"),
        CommitmentStatus.KEPT: _("A commitment is said to be kept"),
        CommitmentStatus.DROPPED: _("A commitment was dropped"),
    }
    state = CommitmentStatus(news.state) if news else CommitmentStatus.LATE
    lines = [
        f"“{commitment.wording}”",
        _("{owner}, by {day}").format(owner=commitment.owner, day=written(commitment.due_on)),
    ]
    if news is not None and news.note:
        lines += ["", news.note]
    return Notice(
        title=f"{commitment.commune.name} · {sentences[state]}",
        body="\n".join(lines),
        url=f"{settings.PUBLIC_URL}/{commitment.commune.slug}/engagements/{commitment.pk}/",
        stop_url=Subscription("commitment", str(commitment.pk), person.pk).url,
        tag=f"commitment-{commitment.pk}",
    )
