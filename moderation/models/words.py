"""Word lists of communes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WordList(models.Model):
    """Words that a commune's filter points out, in one language.

    It adds to the list that comes with the software (`moderation/words/`), or takes from it:
    a line that starts with `-` is no longer pointed out.
    """

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.CASCADE, related_name="word_lists"
    )
    language = models.CharField(_("language"), max_length=5)
    #: One word or group of words a line.
    words = models.TextField(_("words"), max_length=20_000, blank=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        constraints = (
            models.UniqueConstraint(fields=("commune", "language"), name="one_list_per_language"),
        )

    def __str__(self) -> str:
        return f"{self.commune_id} {self.language}"
