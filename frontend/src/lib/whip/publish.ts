// A WHIP publisher (RFC 9725): one offer with all its candidates, one answer, one DELETE.

import type { PublishToken } from "../../generated/protocol";
import { HttpError, request } from "../http";
import { refusal, Trouble } from "./trouble";
import { divisor, type Step } from "./uplink";

/** Longest wait for our own candidates; what was found until then is sent. Milliseconds. */
const GATHER_MS = 2500;
/** Longest wait for packets to get through. Milliseconds. */
const CONNECT_MS = 15_000;
/** A connection that says "disconnected" often recovers by itself. Milliseconds. */
const RECOVER_MS = 2500;

const AUDIO_BITRATE = 48_000;

export type Kind = "audio" | "video";

/** What is sent; null: nothing of that kind for the moment. */
export type Tracks = Record<Kind, MediaStreamTrack | null>;

/** One publication under way. */
export interface Publication {
  readonly connection: RTCPeerConnection;
  /** Swap the camera or the microphone, or take it away, without interrupting or negotiating. */
  replace(kind: Kind, track: MediaStreamTrack | null): Promise<void>;
  /** Send the picture so. */
  shape(step: Step): Promise<void>;
  /** Stop, and tell the server. */
  stop(): Promise<void>;
}

/** Publish `tracks`; `lost` is called once, when the connection is gone. Raises `Trouble`. */
export async function publish(
  tokens: string,
  tracks: Tracks,
  step: Step,
  lost: (trouble: Trouble) => void,
): Promise<Publication> {
  const { whip_url, token, ice_servers } = await fetchToken(tokens);
  const connection = new RTCPeerConnection({
    iceServers: ice_servers as unknown as RTCIceServer[],
    bundlePolicy: "max-bundle",
  });
  let resource = "";
  const senders: Partial<Record<Kind, RTCRtpSender>> = {};
  const stop = async (): Promise<void> => {
    connection.onconnectionstatechange = null;
    connection.close();
    if (resource) {
      await fetch(resource, {
        method: "DELETE",
        headers: { Authorization: `Bearer ${token}` },
        keepalive: true,
      }).catch(() => undefined);
    }
  };
  try {
    // Both, whatever there is now: a camera that is plugged in later needs no new connection.
    senders.audio = connection.addTransceiver(tracks.audio ?? "audio", SENDONLY).sender;
    if (tracks.video || knowsH264()) senders.video = addPicture(connection, tracks.video);
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const answer = await post(whip_url, token, connection.localDescription?.sdp ?? "");
    resource = answer.resource;
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await connected(connection);
    await limit(senders.audio, (encoding) => (encoding.maxBitrate = AUDIO_BITRATE));
    await shape(senders.video, step);
  } catch (error) {
    await stop();
    throw error instanceof Trouble ? error : new Trouble("network", String(error));
  }
  watch(connection, () => {
    void stop();
    lost(new Trouble("lost"));
  });
  return {
    connection,
    stop,
    replace: async (kind, track) => {
      if (kind === "video" && track && !senders.video) throw new Trouble("no_h264");
      await senders[kind]?.replaceTrack(track);
    },
    shape: (wanted) => shape(senders.video, wanted),
  };
}

async function fetchToken(address: string): Promise<PublishToken> {
  try {
    return await request<PublishToken>(address, { method: "POST" });
  } catch (error) {
    if (error instanceof HttpError && (error.status === 401 || error.status === 403)) {
      throw new Trouble("signed_out", error.message);
    }
    throw new Trouble("network", String(error));
  }
}

const SENDONLY = { direction: "sendonly" } as const;

function h264(): RTCRtpCodec[] {
  const known = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
  return known.filter((codec) => codec.mimeType.toLowerCase() === "video/h264");
}

/** Browsers that tell nothing of their codecs are taken to know it. */
function knowsH264(): boolean {
  return !RTCRtpSender.getCapabilities || h264().length > 0;
}

function addPicture(connection: RTCPeerConnection, track: MediaStreamTrack | null): RTCRtpSender {
  if (!knowsH264()) throw new Trouble("no_h264");
  const transceiver = connection.addTransceiver(track ?? "video", SENDONLY);
  // H.264 first, in the profile that every telephone decodes; what repairs losses stays.
  const rank = (codec: { sdpFmtpLine?: string }): number => {
    const line = codec.sdpFmtpLine ?? "";
    return (line.includes("packetization-mode=1") ? 0 : 2) + (/42e0|4200/.test(line) ? 0 : 1);
  };
  const known = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
  const helpers = known.filter((codec) => /rtx|red|ulpfec|flexfec/i.test(codec.mimeType));
  const wanted = [...h264().sort((a, b) => rank(a) - rank(b)), ...helpers];
  if (wanted.length > 0) transceiver.setCodecPreferences?.(wanted);
  return transceiver.sender;
}

/** Wait until every candidate is in the description: there is no trickle. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function post(
  endpoint: string,
  token: string,
  offer: string,
): Promise<{ sdp: string; resource: string }> {
  let answer: Response;
  try {
    answer = await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
      body: offer,
    });
  } catch (error) {
    throw new Trouble("network", String(error));
  }
  if (answer.status !== 201) {
    const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
    throw refusal(answer.status, problem.code ?? "", problem.detail ?? "");
  }
  const location = answer.headers.get("Location");
  return {
    sdp: await answer.text(),
    resource: location ? new URL(location, endpoint).href : "",
  };
}

function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Trouble("network", "no packets")), CONNECT_MS);
    const look = (): void => {
      const state = connection.connectionState;
      if (state !== "connected" && state !== "failed" && state !== "closed") return;
      clearTimeout(timer);
      connection.removeEventListener("connectionstatechange", look);
      if (state === "connected") resolve();
      else reject(new Trouble("network", state));
    };
    connection.addEventListener("connectionstatechange", look);
    look();
  });
}

async function limit(
  sender: RTCRtpSender | undefined,
  change: (encoding: RTCRtpEncodingParameters) => void,
): Promise<void> {
  const parameters = sender?.getParameters();
  const [encoding] = parameters?.encodings ?? [];
  if (!sender || !parameters || !encoding) return;
  change(encoding);
  // Some browsers know less: what they send then is their own choice.
  await sender.setParameters(parameters).catch(() => undefined);
}

async function shape(sender: RTCRtpSender | undefined, step: Step): Promise<void> {
  const { width = 0, height = 0 } = sender?.track?.getSettings() ?? {};
  const slides = sender?.track?.contentHint === "detail";
  await limit(sender, (encoding) => {
    encoding.maxBitrate = step.bits;
    // Slides must stay readable: they come more seldom instead.
    encoding.scaleResolutionDownBy = slides ? 1 : divisor(width, height, step);
    encoding.maxFramerate = slides ? Math.min(step.rate, 10) : step.rate;
  });
}

function watch(connection: RTCPeerConnection, gone: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  connection.onconnectionstatechange = () => {
    clearTimeout(timer);
    if (connection.connectionState === "failed") gone();
    if (connection.connectionState === "disconnected") timer = setTimeout(gone, RECOVER_MS);
  };
}
