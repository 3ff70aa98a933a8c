"""The languages of Benin's communes, by their codes in BCP 47, as pages and players take them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    FON = "fon", _("Fon")
    GOUN = "guw", _("Goun")
    YORUBA = "yo", _("Yoruba")
    ADJA = "ajg", _("Adja")
    AYIZO = "ayb", _("Ayizo")
    GEN = "gej", _("Gen (Mina)")
    BARIBA = "bba", _("Bariba")
    DENDI = "ddn", _("Dendi")
    DITAMMARI = "tbz", _("Ditammari")
    ENGLISH = "en", _("English")


def french() -> list[str]:
    """What a commune speaks that has not said otherwise."""
    return [Language.FRENCH.value]
