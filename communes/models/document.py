"""What a commune publishes: accounts, budgets, plans, contracts, deliberations, pictures."""

import secrets
from datetime import datetime
from pathlib import PurePath
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .language import Language

#: Communes have archives; Dahomey's first municipalities date from 1912.
FIRST_YEAR, LAST_YEAR = 1900, 2100


class DocumentKind(models.TextChoices):
    """The kinds that law 2021-14 makes communes publish come first."""

    ACCOUNT = "account", _("administrative account")
    BUDGET = "budget", _("budget")
    WORK_PLAN = "work_plan", _("annual work plan")
    CONTRACT = "contract", _("contract awarded")
    DELIBERATION = "deliberation", _("deliberation")
    MINUTES = "minutes", _("minutes")
    REPORT = "report", _("report")
    PICTURE = "picture", _("picture")
    OTHER = "other", _("other document")


class Licence(models.TextChoices):
    CC_BY = "cc-by-4.0", _("CC BY 4.0: free to use, naming the commune")
    CC0 = "cc0-1.0", _("CC0: free to use")
    RESERVED = "reserved", _("all rights reserved")


class TextState(models.TextChoices):
    """Whether the words of a version have been read."""

    WAITING = "waiting", _("being read")
    READ = "read", _("read")
    NONE = "none", _("without text")
    FAILED = "failed", _("cannot be read")


class DocumentQuerySet(models.QuerySet["Document"]):
    def public(self, now: datetime | None = None) -> Self:
        """Published, and not for a later day."""
        return self.filter(published_at__lte=now or timezone.now())


class Document(models.Model):
    """One document, whatever the number of its versions. Its address never changes.

    Public from `published_at` on; a draft has none.
    """

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    department = models.CharField(_("department of the town hall"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default="fr")
    licence = models.CharField(
        _("licence"), max_length=12, choices=Licence.choices, default=Licence.CC_BY
    )
    published_at = models.DateTimeField(_("public from"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    #: Grows with every change; who edits an older one is told so.
    revision = models.PositiveIntegerField(default=1)
    demo = models.BooleanField(_("demonstration data"), default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-published_at", "-pk")
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = (models.Index(fields=("commune", "kind", "year"), name="document_by_kind"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="document_year_is_plausible",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def latest(self) -> "DocumentVersion":
        """The newest version; every document has one."""
        return max(self.versions.all(), key=lambda version: version.number)


def version_path(version: "DocumentVersion", name: str) -> str:
    """A name that nobody guesses: a draft's file must not be found beside its page."""
    suffix = PurePath(name).suffix
    folder = f"documents/{version.document_id}"
    return f"{folder}/{version.number}-{secrets.token_hex(8)}{suffix}"


class DocumentVersion(models.Model):
    """A file, as it was received (pictures: without what the camera noted in them)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(upload_to=version_path, max_length=200)
    #: As it is offered for download; safe in a header and on a disk.
    name = models.CharField(_("file name"), max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    #: SHA-256 of the file, hexadecimal.
    checksum = models.CharField(max_length=64, db_index=True)
    changes = models.CharField(_("what changed"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    pages = models.PositiveIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    text_state = models.CharField(
        max_length=8, choices=TextState.choices, default=TextState.WAITING
    )

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="one_version_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


def upload_id() -> str:
    return secrets.token_hex(16)


class Upload(models.Model):
    """A file on its way: how much has come is the length of the file on disk."""

    id = models.CharField(primary_key=True, max_length=32, default=upload_id)
    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
