"""Looks at an SDP offer before any connection is made, so that refusals are clear.

RFC 8866 for the form, RFC 9725 section 4.2 and RFC 6184 section 8.1 for the contents.
"""

from dataclasses import dataclass

from aiortc.sdp import MediaDescription, SessionDescription

_DYNAMIC = range(96, 128)
_SENDING = {"sendonly", "sendrecv", None}


class OfferRefused(Exception):
    """`status` and a stable `code` for a problem document; the message is for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Offer:
    """What an acceptable offer sends."""

    sdp: str
    video: bool
    audio: bool


def _bad(detail: str) -> OfferRefused:
    return OfferRefused(400, "bad-sdp", detail)


def _check_form(media: MediaDescription) -> None:
    if media.port == 0:
        return
    if media.kind in ("audio", "video"):
        described = {codec.payloadType for codec in media.rtp.codecs}
        unknown = [pt for pt in media.fmt if pt in _DYNAMIC and pt not in described]
        if unknown:
            raise _bad(f"The offer is cut short: payload type {unknown[0]} has no rtpmap.")
        if not media.rtcp_mux:
            raise _bad("The offer lacks a=rtcp-mux.")
        if not media.rtp.muxId:
            raise _bad("The offer lacks a=mid.")
    if media.ice is None or not media.ice.usernameFragment or not media.ice.password:
        raise _bad("The offer is cut short: a section has no ICE credentials.")
    if media.dtls is None or not media.dtls.fingerprints:
        raise _bad("The offer is cut short: a section has no DTLS fingerprint or set-up role.")


def _has_h264(media: MediaDescription) -> bool:
    return any(
        codec.mimeType.lower() == "video/h264"
        and str(codec.parameters.get("packetization-mode", "0")) == "1"
        for codec in media.rtp.codecs
    )


def _has_opus(media: MediaDescription) -> bool:
    return any(codec.mimeType.lower() == "audio/opus" for codec in media.rtp.codecs)


def check_offer(body: bytes) -> Offer:
    """What the offer sends; raises `OfferRefused`."""
    try:
        text = body.decode()
        session = SessionDescription.parse(text)
    except Exception as error:
        raise _bad("The body is not a complete SDP offer.") from error
    if not text.startswith("v=0") or not session.media:
        raise _bad("The body is not a complete SDP offer.")
    for media in session.media:
        _check_form(media)
    if any(m.port == 0 for m in session.media):
        raise OfferRefused(
            422, "rejected-section", "The offer has a section with port 0; leave it out."
        )
    sent = {
        kind: [m for m in session.media if m.kind == kind and m.direction in _SENDING]
        for kind in ("audio", "video")
    }
    others = [m for m in session.media if m.kind in sent and m not in sent[m.kind]]
    if not sent["audio"] and not sent["video"]:
        raise OfferRefused(422, "nothing-sent", "The offer sends neither sound nor picture.")
    if max(map(len, sent.values())) > 1 or others:
        raise OfferRefused(
            422, "too-many-tracks", "Send one picture and one sound at most, and receive none."
        )
    if sent["video"] and not _has_h264(sent["video"][0]):
        raise OfferRefused(
            422,
            "no-h264",
            "The offer has no H.264 video (packetization-mode=1), the only kind accepted here.",
        )
    if sent["audio"] and not _has_opus(sent["audio"][0]):
        raise OfferRefused(422, "no-opus", "The offer has no Opus audio.")
    return Offer(text, bool(sent["video"]), bool(sent["audio"]))
