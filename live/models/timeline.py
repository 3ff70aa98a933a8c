"""The append-only timeline. Rows are written by `live.timeline` alone."""

import secrets

from django.conf import settings
from django.db import models

from live.protocol.ids import new_id


def new_epoch() -> str:
    return secrets.token_hex(4)


class Timeline(models.Model):
    """A sequence of entries with two gapless counters; the row is the lock of both."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    #: Changes when positions lose their meaning (reset, redaction); clients then start again.
    epoch = models.CharField(max_length=8, default=new_epoch)
    seq = models.PositiveBigIntegerField(default=0)
    public_seq = models.PositiveBigIntegerField(default=0)
    #: Digest of the last entry (hex SHA-256); the next one chains to it.
    head = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.id}@{self.seq}"


class Entry(models.Model):
    """One fact: after it, `key` has `state` (null: the key is gone)."""

    timeline = models.ForeignKey(Timeline, on_delete=models.CASCADE, related_name="entries")
    seq = models.PositiveBigIntegerField()
    #: Null when only staff may see it.
    public_seq = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    state = models.JSONField(null=True)
    actor_role = models.CharField(max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: SHA-256 of salt and state; outlives them when they are erased.
    commitment = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("timeline", "seq"), name="entry_seq_once"),
            models.UniqueConstraint(
                fields=("timeline", "public_seq"), name="entry_public_seq_once"
            ),
        )
        indexes = (models.Index(fields=("timeline", "key"), name="entry_of_key"),)

    def __str__(self) -> str:
        return f"{self.timeline_id}/{self.seq} {self.kind} {self.key}"


class KeyState(models.Model):
    """The fold, kept: the present state of one key. A snapshot is all of a timeline's rows."""

    timeline = models.ForeignKey(Timeline, on_delete=models.CASCADE, related_name="key_states")
    key = models.CharField(max_length=80)
    #: A key has one audience for ever.
    public = models.BooleanField()
    seq = models.PositiveBigIntegerField()
    state = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("timeline", "key"), name="one_state_per_key"),
        )

    def __str__(self) -> str:
        return f"{self.timeline_id} {self.key}"


class CommandReceipt(models.Model):
    """What a command was answered, so that sending it again changes nothing.

    Ballots have no receipt: their marker already says who voted, and nothing may say for what.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=40)
    result = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "client_id"), name="one_answer_per_command"),
        )

    def __str__(self) -> str:
        return self.client_id
