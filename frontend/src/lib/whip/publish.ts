// A WHIP publisher (RFC 9725): one offer with all its candidates, one answer, one DELETE.

import type { PublishToken } from "../../generated/protocol";
import { HttpError, request } from "../http";
import { refusal, Trouble } from "./trouble";

/** Longest wait for our own candidates; what was found until then is sent. Milliseconds. */
const GATHER_MS = 2500;
/** Longest wait for packets to get through. Milliseconds. */
const CONNECT_MS = 15_000;
/** A connection that says "disconnected" often recovers by itself. Milliseconds. */
const RECOVER_MS = 2500;

/** Bits per second that we ask the encoder to stay under. */
export const VIDEO_BITRATE = 1_500_000;
const AUDIO_BITRATE = 48_000;

/** One publication under way. */
export interface Publication {
  readonly connection: RTCPeerConnection;
  /** Swap the camera or the microphone without interrupting. */
  replace(track: MediaStreamTrack): Promise<void>;
  /** Stop, and tell the server. */
  stop(): Promise<void>;
}

/** Publish `tracks`; `lost` is called once, when the connection is gone. Raises `Trouble`. */
export async function publish(
  tokens: string,
  tracks: readonly MediaStreamTrack[],
  lost: (trouble: Trouble) => void,
): Promise<Publication> {
  const { whip_url, token, ice_servers } = await fetchToken(tokens);
  const connection = new RTCPeerConnection({
    iceServers: ice_servers as unknown as RTCIceServer[],
    bundlePolicy: "max-bundle",
  });
  let resource = "";
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
    for (const track of tracks) addTrack(connection, track);
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const answer = await post(whip_url, token, connection.localDescription?.sdp ?? "");
    resource = answer.resource;
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await connected(connection);
    await limit(connection);
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
    async replace(track) {
      const sender = connection.getSenders().find((one) => one.track?.kind === track.kind);
      await sender?.replaceTrack(track);
    },
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

function addTrack(connection: RTCPeerConnection, track: MediaStreamTrack): void {
  const transceiver = connection.addTransceiver(track, { direction: "sendonly" });
  if (track.kind !== "video") return;
  const known = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
  const h264 = known.filter((codec) => codec.mimeType.toLowerCase() === "video/h264");
  if (known.length > 0 && h264.length === 0) throw new Trouble("no_h264");
  // H.264 first, in the profile that every telephone decodes; what repairs losses stays.
  const rank = (codec: { sdpFmtpLine?: string }): number => {
    const line = codec.sdpFmtpLine ?? "";
    return (line.includes("packetization-mode=1") ? 0 : 2) + (/42e0|4200/.test(line) ? 0 : 1);
  };
  h264.sort((a, b) => rank(a) - rank(b));
  const helpers = known.filter((codec) => /rtx|red|ulpfec|flexfec/i.test(codec.mimeType));
  transceiver.setCodecPreferences?.([...h264, ...helpers]);
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

/** Bit rates that a town hall's line carries; when it does not, the picture coarsens first. */
async function limit(connection: RTCPeerConnection): Promise<void> {
  for (const sender of connection.getSenders()) {
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding) continue;
    encoding.maxBitrate = sender.track?.kind === "video" ? VIDEO_BITRATE : AUDIO_BITRATE;
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

function watch(connection: RTCPeerConnection, gone: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  connection.onconnectionstatechange = () => {
    clearTimeout(timer);
    if (connection.connectionState === "failed") gone();
    if (connection.connectionState === "disconnected") timer = setTimeout(gone, RECOVER_MS);
  };
}
