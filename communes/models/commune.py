"""A commune, and what its pages and players need to know of it."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .language import Language, french


class Population(models.TextChoices):
    """How many people live there: good practices are looked for by it."""

    SMALL = "small", _("fewer than 50,000 inhabitants")
    MEDIUM = "medium", _("50,000 to 100,000 inhabitants")
    LARGE = "large", _("100,000 to 250,000 inhabitants")
    CITY = "city", _("more than 250,000 inhabitants")


class Commune(models.Model):
    """A municipality. Everything else belongs to one."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    department = models.CharField(_("department"), max_length=120, blank=True)
    #: Empty: the commune has not said.
    population = models.CharField(_("size"), max_length=8, choices=Population.choices, blank=True)
    motto = models.CharField(_("motto"), max_length=160, blank=True)
    #: Shown in its header; `communes.colour` picks the ink that is readable on it.
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#1d4d2f",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Six hexadecimal digits after a #."))],
    )
    arms = models.ImageField(_("arms"), upload_to="arms/", blank=True)
    #: Codes of `Language`, that of its papers first.
    languages = models.JSONField(_("languages"), default=french)
    #: What a citizen pays for one gigabyte of mobile data, in CFA francs.
    gigabyte_price = models.PositiveIntegerField(
        _("price of a gigabyte (CFA francs)"), default=1000, validators=[MinValueValidator(1)]
    )
    #: Empty: the default, or an estimate of the commune's own.
    gigabyte_source = models.CharField(
        _("who says so"),
        max_length=120,
        blank=True,
        help_text=_("Shown beside the price, such as: ARCEP, survey of March 2026."),
    )
    demo = models.BooleanField(_("demonstration data"), default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("commune")
        verbose_name_plural = _("communes")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        known = isinstance(self.languages, list) and self.languages
        if not known or not set(self.languages) <= set(Language.values):
            raise ValidationError({"languages": _("Say which languages are spoken there.")})
        self.languages = list(dict.fromkeys(self.languages))

    @property
    def spoken(self) -> list[Language]:
        """Its languages, that of its papers first."""
        return [Language(code) for code in self.languages]
