"""The index in which near duplicates are found: `moderation.similarity` reads and writes it."""

from django.db import models


class Group(models.Model):
    """Questions that seem to ask the same."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class IndexedQuestion(models.Model):
    """A question as its words stand after normalisation."""

    question = models.OneToOneField(
        "consultations.Question", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="members")
    #: Normalised words, in their order, blank between.
    words = models.TextField()

    def __str__(self) -> str:
        return self.words[:60]


class IndexedWord(models.Model):
    """One normalised word of one question."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)
    question = models.ForeignKey(
        "consultations.Question", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("question", "word"), name="word_once_per_question"),
        )
        indexes = (models.Index(fields=("sitting", "word"), name="questions_by_word"),)

    def __str__(self) -> str:
        return self.word


class IndexedConcern(models.Model):
    """A concern as its words stand after normalisation; `moderation.concern_index` writes it."""

    concern = models.OneToOneField(
        "consultations.Concern", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    commune = models.ForeignKey("communes.Commune", on_delete=models.CASCADE, related_name="+")
    #: Normalised words, in their order, blank between.
    words = models.TextField()

    def __str__(self) -> str:
        return self.words[:60]


class ConcernWord(models.Model):
    """One normalised word of one concern."""

    commune = models.ForeignKey("communes.Commune", on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)
    concern = models.ForeignKey("consultations.Concern", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("concern", "word"), name="word_once_per_concern"),
        )
        indexes = (models.Index(fields=("commune", "word"), name="concerns_by_word"),)

    def __str__(self) -> str:
        return self.word
