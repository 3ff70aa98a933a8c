"""What web remembers of what the media process told it."""

from django.db import models

from .sitting import Sitting


class Recording(models.Model):
    """The finished recording of a sitting."""

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, related_name="recording")
    duration_s = models.FloatField()
    size_bytes = models.PositiveBigIntegerField()
    has_video = models.BooleanField()
    has_audio = models.BooleanField()
    #: [[media seconds, Unix seconds], …], ascending.
    anchors = models.JSONField(default=list)
    #: Poster and thumbnails (`portal.stills`); empty: none yet.
    stills = models.JSONField(default=dict)
    finalised_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.duration_s:.0f} s"


class ArchivedCopy(models.Model):
    """The checksums and the copy of a finished recording (`live.archive`).

    No foreign key: a copy is remembered until it is erased, whatever becomes of the sitting.
    """

    sitting = models.CharField(primary_key=True, max_length=16)
    #: The recording's own name, part of every address.
    recording = models.CharField(max_length=16)
    #: Where the copy is (`ARCHIVE_PLACE`); empty: the files on the disk are the archive.
    place = models.CharField(max_length=500, blank=True)
    #: Of the list of checksums.
    digest = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    sealed_at = models.DateTimeField(auto_now_add=True)
    #: All files of the list are there.
    stored_at = models.DateTimeField(null=True)
    #: The disk has only what is needed to find them.
    freed_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    #: The recording was let go: the copy has to be erased.
    erase = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.sitting} {self.files} files"


class MediaCursor(models.Model):
    """The last fact heard from each run of the media process, so that none counts twice."""

    boot = models.CharField(primary_key=True, max_length=40)
    n = models.PositiveBigIntegerField()
    seen_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.boot}#{self.n}"
