import { deviceTrouble, Trouble } from "./trouble";

export interface Choice {
  id: string;
  label: string;
}

export interface Devices {
  cameras: Choice[];
  microphones: Choice[];
}

/** `screen`: share a window or the whole screen; `none`: sound alone. */
export type Picture = { camera: string } | "screen" | "none";

/** Raises `Trouble` where this browser or this address cannot publish at all. */
export function checkSupport(): void {
  if (!window.isSecureContext) throw new Trouble("insecure");
  if (typeof RTCPeerConnection === "undefined") throw new Trouble("no_webrtc");
  if (!navigator.mediaDevices?.getUserMedia) throw new Trouble("no_webrtc");
  const codecs = RTCRtpSender.getCapabilities?.("video")?.codecs;
  if (codecs && !codecs.some((codec) => codec.mimeType.toLowerCase() === "video/h264")) {
    throw new Trouble("no_h264");
  }
}

/** What is plugged in. Names are empty until a permission was given. */
export async function devices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const choices = (kind: MediaDeviceKind): Choice[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map((device, index) => ({
        id: device.deviceId,
        label: device.label || `${kind === "videoinput" ? "Caméra" : "Micro"} ${index + 1}`,
      }));
  return { cameras: choices("videoinput"), microphones: choices("audioinput") };
}

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };

/** The picture chosen; null for sound alone. Raises `Trouble`. */
export async function openPicture(picture: Picture): Promise<MediaStreamTrack | null> {
  if (picture === "none") return null;
  try {
    const stream =
      picture === "screen"
        ? await navigator.mediaDevices.getDisplayMedia({ video: SIZE, audio: false })
        : await navigator.mediaDevices.getUserMedia({
            video: { ...SIZE, ...(picture.camera ? { deviceId: { exact: picture.camera } } : {}) },
          });
    const track = stream.getVideoTracks()[0] ?? null;
    // Slides must be readable; people must move.
    if (track) track.contentHint = picture === "screen" ? "detail" : "motion";
    return track;
  } catch (error) {
    throw deviceTrouble(error);
  }
}

/** The microphone chosen; the first one where `id` is empty. Raises `Trouble`. */
export async function openMicrophone(id: string): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: true,
        autoGainControl: true,
        ...(id ? { deviceId: { exact: id } } : {}),
      },
    });
    return stream.getAudioTracks()[0] ?? null;
  } catch (error) {
    throw deviceTrouble(error);
  }
}
