"""The index that the site's search reads: one row for each thing that can be found."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelsearch import index

from portal.search.stems import stemmed


class SearchKind(models.TextChoices):
    DOCUMENT = "document", _("documents")
    SITTING = "sitting", _("sittings")
    QUESTION = "question", _("questions")
    ANSWER = "answer", _("questions answered in writing")
    COMMITMENT = "commitment", _("commitments")
    CONCERN = "concern", _("concerns")
    PRACTICE = "practice", _("good practices")


class SearchEntry(index.Indexed, models.Model):  # type: ignore[misc]  # it has no types
    """What is public of one thing, as words. Written by `portal.search.sync` alone.

    `subject` is whose change has it written again (`sitting/4f…`, `document/12`); `key` is the
    thing itself (`question/42`). Rows go with what they are about.
    """

    key = models.CharField(max_length=60, unique=True)
    subject = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=12, choices=SearchKind.choices)
    commune = models.ForeignKey("communes.Commune", on_delete=models.CASCADE, related_name="+")
    sitting = models.ForeignKey(
        "live.Sitting", null=True, on_delete=models.CASCADE, related_name="+"
    )
    document = models.ForeignKey(
        "communes.Document", null=True, on_delete=models.CASCADE, related_name="+"
    )
    concern = models.ForeignKey(
        "consultations.Concern", null=True, on_delete=models.CASCADE, related_name="+"
    )
    practice = models.ForeignKey(
        "communes.GoodPractice", null=True, on_delete=models.CASCADE, related_name="+"
    )
    year = models.PositiveSmallIntegerField()
    #: When it happened; for a question in a sitting, the moment to watch.
    at = models.DateTimeField()
    public_from = models.DateTimeField(default=timezone.now)
    heading = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    #: Where it is, without the second of a recording.
    path = models.CharField(max_length=300)
    #: Digest of all of the above: what has not changed is not indexed again.
    mark = models.CharField(max_length=64)

    search_auto_update = False
    search_fields = (
        index.SearchField("title", boost=3),
        index.SearchField("words"),
        index.FilterField("commune_id"),
        index.FilterField("kind"),
        index.FilterField("year"),
        index.FilterField("public_from"),
    )

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return stemmed(self.heading)

    @property
    def words(self) -> str:
        return stemmed(self.body)


class StaffNotice(models.Model):
    """Something due of which staff were told, so that nobody is told twice."""

    key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class SearchCursor(models.Model):
    """How much of a timeline the index has seen."""

    timeline = models.OneToOneField(
        "live.Timeline", on_delete=models.CASCADE, primary_key=True, related_name="search_cursor"
    )
    seq = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.timeline_id}@{self.seq}"
