"""Where a sitting is watched, followed, published and previewed, and the tokens that open it."""

import time

from django.conf import settings

from live.models import Sitting
from live.protocol.media import PlayClaims, PreviewClaims, PublishClaims
from live.protocol.signing import sign_token

PUBLISH_TOKEN_LIFE_S = 12 * 3600
PREVIEW_TOKEN_LIFE_S = 4 * 3600


def media_address(sitting: Sitting, name: str = "index.m3u8", token: str | None = None) -> str:
    """Where a rendition of a sitting is played."""
    middle = f"~{token}/" if token else ""
    return f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}/{middle}{name}"


def socket_address(sitting: Sitting) -> str:
    base = settings.PUBLIC_URL.replace("http", "ws", 1)
    return f"{base}/ws/sittings/{sitting.pk}/"


def page_address(sitting: Sitting) -> str:
    return f"{settings.PUBLIC_URL}/{sitting.commune.slug}/seances/{sitting.slug}/"


def whip_address(sitting: Sitting) -> str:
    return f"{settings.MEDIA_SERVER_URL}/whip/{sitting.pk}"


def publish_token(sitting: Sitting, life_s: int = PUBLISH_TOKEN_LIFE_S) -> str:
    claims = PublishClaims(exp=int(time.time()) + life_s, sitting=sitting.pk)
    return sign_token(claims, settings.MEDIA_KEY)


def preview_address(sitting: Sitting) -> str:
    """Where staff see what the publisher sends before it is live."""
    claims = PreviewClaims(exp=int(time.time()) + PREVIEW_TOKEN_LIFE_S, sitting=sitting.pk)
    return media_address(sitting, "preview/index.m3u8", sign_token(claims, settings.MEDIA_KEY))


def play_token(sitting: Sitting) -> str | None:
    """The path token of a recording that is not public (rehearsals); None for public ones."""
    if not sitting.rehearsal:
        return None
    claims = PlayClaims(exp=int(time.time()) + PREVIEW_TOKEN_LIFE_S, sitting=sitting.pk)
    return sign_token(claims, settings.MEDIA_KEY)
