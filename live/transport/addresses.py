"""Where a sitting is watched, followed, published and previewed, and the tokens that open it.

Every address of media that anybody is given is made here.
"""

import time

from django.conf import settings

from live.models import Sitting
from live.protocol.media import PlayClaims, PreviewClaims, PublishClaims
from live.protocol.signing import sign_token

PUBLISH_TOKEN_LIFE_S = 12 * 3600
PREVIEW_TOKEN_LIFE_S = 4 * 3600
#: A rehearsal is played by staff with a path token that lasts as long as any sitting.
PLAY_TOKEN_LIFE_S = 12 * 3600


def media_address(sitting: Sitting, name: str = "index.m3u8") -> str:
    """Where media serves something of the recording; with a path token where it is not public."""
    if not sitting.rehearsal:
        return _hls_address(sitting, name)
    claims = PlayClaims(exp=int(time.time()) + PLAY_TOKEN_LIFE_S, sitting=sitting.pk)
    return _hls_address(sitting, name, sign_token(claims, settings.MEDIA_KEY))


def preview_address(sitting: Sitting) -> str:
    """Where staff see what the publisher sends before it is live."""
    claims = PreviewClaims(exp=int(time.time()) + PREVIEW_TOKEN_LIFE_S, sitting=sitting.pk)
    return _hls_address(sitting, "preview/index.m3u8", sign_token(claims, settings.MEDIA_KEY))


def _hls_address(sitting: Sitting, name: str, token: str | None = None) -> str:
    middle = f"~{token}/" if token else ""
    return f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}/{middle}{name}"


def whip_address(sitting: Sitting) -> str:
    """Where a publisher sends to (RFC 9725)."""
    return f"{settings.MEDIA_SERVER_URL}/whip/{sitting.pk}"


def publish_token(sitting: Sitting, life_s: int = PUBLISH_TOKEN_LIFE_S) -> str:
    claims = PublishClaims(exp=int(time.time()) + life_s, sitting=sitting.pk)
    return sign_token(claims, settings.MEDIA_KEY)


def socket_address(sitting: Sitting) -> str:
    base = settings.PUBLIC_URL.replace("http", "ws", 1)
    return f"{base}/ws/sittings/{sitting.pk}/"


def page_address(sitting: Sitting) -> str:
    return f"{settings.PUBLIC_URL}/{sitting.commune.slug}/seances/{sitting.slug}/"
