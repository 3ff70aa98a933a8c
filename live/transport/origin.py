"""Which pages may open our WebSockets."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host


def allowed_origin(scope: dict[str, Any]) -> bool:
    """Whether the `Origin` of a handshake (RFC 6455 section 10.2) is one of our hosts.

    Programs that send none are let in: the socket looks at no cookie, so there is nothing that a
    foreign page could borrow from them.
    """
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    if not origins:
        return True
    host = urlsplit(origins[0].decode("latin1")).hostname
    public = urlsplit(settings.PUBLIC_URL).hostname
    return host is not None and (host == public or validate_host(host, settings.ALLOWED_HOSTS))
