"""WHIP, WebRTC-HTTP ingestion (RFC 9725): the endpoint of a sitting and a publisher's resource.

Neither trickle ICE nor ICE restarts: all our candidates are in the answer, and the publisher's
become known by its checks.
"""

from live.protocol.media import PublishClaims
from live.protocol.signing import BadSignature, read_token

from ..config import IceServer
from ..elsewhere import Elsewhere
from ..process import MediaProcess
from ..sdp_check import OfferRefused, check_offer
from ..sitting import SittingMedia
from .messages import Headers, Problem, Request, Response

_ENDPOINT_METHODS = "POST, GET, HEAD, OPTIONS"
_RESOURCE_METHODS = "DELETE, OPTIONS"
_REALM = 'Bearer realm="whip"'


def _preflight(methods: str) -> Response:
    """RFC 9725 section 4.1 and the Fetch standard."""
    headers: Headers = [
        ("allow", methods),
        ("access-control-allow-methods", methods),
        ("access-control-allow-headers", "Authorization, Content-Type, If-Match"),
        ("access-control-max-age", "86400"),
    ]
    if "POST" in methods:
        headers.append(("accept-post", "application/sdp"))
    return Response(204, b"", headers)


def _not_allowed(methods: str, detail: str) -> Problem:
    return Problem(405, "method-not-allowed", detail, [("allow", methods)])


def ice_links(servers: tuple[IceServer, ...]) -> Headers:
    """`Link` headers for STUN and TURN servers (RFC 9725 section 4.6)."""
    links: Headers = []
    for server in servers:
        for url in server.urls:
            value = f'<{url}>; rel="ice-server"'
            if server.username is not None and server.credential is not None:
                value += f'; username="{server.username}"; credential="{server.credential}"'
                value += '; credential-type="password"'
            links.append(("link", value))
    return links


class Whip:
    """Handlers of both kinds of address."""

    def __init__(self, process: MediaProcess) -> None:
        self._process = process

    async def endpoint(self, request: Request, sitting_id: str) -> Response:
        """`/whip/<id>`: `POST` an offer, get an answer."""
        match request.method:
            case "OPTIONS":
                return _preflight(_ENDPOINT_METHODS)
            case "GET" | "HEAD":
                return Response(204, b"", [("accept-post", "application/sdp")])
            case "POST":
                return await self._publish(request, sitting_id)
        raise _not_allowed(_ENDPOINT_METHODS, "Publish with POST.")

    async def resource(self, request: Request, sitting_id: str, key: str) -> Response:
        """`/whip/<id>/<key>`: `DELETE` ends the publication. The key is the permission."""
        match request.method:
            case "OPTIONS":
                return _preflight(_RESOURCE_METHODS)
            case "DELETE":
                sitting = self._process.sittings.get(sitting_id)
                if sitting is None or not await sitting.leave(key):
                    raise Problem(404, "not-found", "There is no such publication (any more).")
                return Response(200)
            case "PATCH":
                raise _not_allowed(
                    _RESOURCE_METHODS, "Neither trickle ICE nor ICE restarts are supported."
                )
        raise _not_allowed(_RESOURCE_METHODS, "Only DELETE is possible here.")

    async def _publish(self, request: Request, sitting_id: str) -> Response:
        sitting, token = self._authorise(request, sitting_id)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/sdp":
            raise Problem(
                415,
                "not-sdp",
                "Send the offer as application/sdp.",
                [("accept-post", "application/sdp")],
            )
        try:
            offer = check_offer(request.body)
            publisher, answer = await self._process.publish(sitting, offer, token)
        except OfferRefused as refused:
            waiting = [("retry-after", "2")] if refused.status in (409, 503) else []
            raise Problem(refused.status, refused.code, refused.detail, waiting) from refused
        headers: Headers = [
            ("content-type", "application/sdp"),
            ("location", f"/whip/{sitting_id}/{publisher.key}"),
            ("etag", publisher.etag),
            ("cache-control", "no-store"),
            *ice_links(self._process.config.ice_servers),
        ]
        return Response(201, answer.encode(), headers)

    def _authorise(self, request: Request, sitting_id: str) -> tuple[SittingMedia, str]:
        """RFC 9725 section 4.7; errors of bearer tokens as in RFC 6750 section 3.1."""
        token = request.bearer
        if token is None:
            raise Problem(401, "no-token", "Send a bearer token.", [("www-authenticate", _REALM)])
        try:
            claims = read_token(token, PublishClaims, self._process.config.key)
        except BadSignature as error:
            code = "expired-token" if error.expired else "invalid-token"
            detail = "The token has expired." if error.expired else "The token is not valid."
            challenge = f'{_REALM}, error="invalid_token", error_description="{detail}"'
            raise Problem(401, code, detail, [("www-authenticate", challenge)]) from error
        if claims.sitting != sitting_id:
            raise Problem(403, "other-sitting", "The token is for another sitting.")
        if claims.track != "main":
            raise Problem(403, "other-track", "Only the main programme is taken here.")
        sitting = self._process.find(sitting_id)
        if sitting is None:
            raise Problem(404, "unknown-sitting", "No sitting is prepared here by this name.")
        if isinstance(sitting, Elsewhere) or not sitting.may_publish():
            raise Problem(403, "not-open", "This sitting takes no publisher now.")
        return sitting, token
