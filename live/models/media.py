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


class MediaCursor(models.Model):
    """The last fact heard from each run of the media process, so that none counts twice."""

    boot = models.CharField(primary_key=True, max_length=40)
    n = models.PositiveBigIntegerField()
    seen_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.boot}#{self.n}"
