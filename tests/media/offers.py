"""SDP offers as different publishers make them."""

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender

from live.media import aiortc_hooks
from live.media.config import IceSettings


async def offer(*kinds: str, video_first: str = "video/H264", video_only: str | None = None) -> str:
    """A complete offer that sends `kinds`; `video_first` leads the list of video codecs."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for kind in kinds:
        transceiver = connection.addTransceiver(kind, "sendonly")
        if kind == "video":
            codecs = RTCRtpSender.getCapabilities("video").codecs
            codecs = sorted(codecs, key=lambda c: c.mimeType != video_first)
            if video_only:
                codecs = [c for c in codecs if c.mimeType == video_only]
            transceiver.setCodecPreferences(codecs)
    aiortc_hooks.choose_ice(connection, IceSettings(addresses=("127.0.0.1",)))
    await connection.setLocalDescription()
    text = connection.localDescription.sdp
    await connection.close()
    return text


def video_codecs(sdp: str) -> list[str]:
    """The video codecs of a description, in order of preference."""
    section = sdp[sdp.index("m=video") :].split("\r\nm=")[0]
    numbers = section.splitlines()[0].split()[3:]
    names = {
        line.split(":")[1].split()[0]: line.split()[1].split("/")[0]
        for line in section.splitlines()
        if line.startswith("a=rtpmap:")
    }
    return [names[n] for n in numbers]
