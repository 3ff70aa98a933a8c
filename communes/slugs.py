"""Addresses of communes, `/<slug>/`, and the words that the site needs for itself."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

RESERVED = frozenset(
    {
        "aide",
        "api",
        "bonnes-pratiques",
        "compte",
        "confidentialite",
        "connexion",
        "deconnexion",
        "espace",
        "favicon",
        "fichiers",
        "healthz",
        "hls",
        "internal",
        "langue",
        "metrics",
        "rappels",
        "readyz",
        "recherche",
        "robots",
        "static",
        "whip",
        "ws",
    }
)


def validate_commune_slug(slug: str) -> None:
    """Raises ValidationError for what is no slug or is reserved."""
    validate_slug(slug)
    if slug != slug.lower():
        raise ValidationError(_("Use small letters in an address."), code="slug")
    if slug in RESERVED:
        raise ValidationError(_("The site uses this address itself."), code="slug")
