import { t } from "../i18n";

/** Why publishing does not work. Some pass by themselves, so that one tries again. */
export type TroubleKind =
  | "insecure"
  | "no_webrtc"
  | "no_h264"
  | "permission"
  | "no_device"
  | "device_busy"
  | "signed_out"
  | "not_open"
  | "unknown_sitting"
  | "occupied"
  | "server_busy"
  | "refused"
  | "network"
  | "lost";

/** A sitting that has just opened is not known at once where the media server was away. */
const PASSING = new Set<TroubleKind>([
  "occupied",
  "server_busy",
  "network",
  "lost",
  "unknown_sitting",
]);

export class Trouble extends Error {
  constructor(
    readonly kind: TroubleKind,
    readonly detail = "",
  ) {
    super(detail || kind);
    this.name = "Trouble";
  }

  /** Whether trying again may help. */
  get passing(): boolean {
    return PASSING.has(this.kind);
  }
}

/** What an answer of the WHIP endpoint other than 201 means (RFC 9725 section 4.2). */
export function refusal(status: number, code: string, detail: string): Trouble {
  if (code === "no-h264") return new Trouble("no_h264", detail);
  switch (status) {
    case 401:
      return new Trouble("network", detail);
    case 403:
      return new Trouble("not_open", detail);
    case 404:
      return new Trouble("unknown_sitting", detail);
    case 409:
      return new Trouble("occupied", detail);
    case 429:
    case 503:
      return new Trouble("server_busy", detail);
    default:
      return new Trouble(status >= 500 ? "network" : "refused", detail);
  }
}

/** What the browser said when it was asked for a camera, in our terms. */
export function deviceTrouble(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return new Trouble("permission");
  if (name === "NotFoundError" || name === "OverconstrainedError") return new Trouble("no_device");
  return new Trouble("device_busy", String(error));
}

/** In words, with what one can do. */
export function advise(trouble: Trouble): string {
  switch (trouble.kind) {
    case "insecure":
      return t(
        "Browsers allow the camera only on a secure address (https://). Ask whoever runs the server to turn HTTPS on, or open this page on the server's own machine.",
      );
    case "no_webrtc":
      return t(
        "This browser cannot send live picture and sound. Use a recent Chrome, Edge or Firefox.",
      );
    case "no_h264":
      return t(
        "This browser cannot send H.264 video, which telephones need. Use Chrome or Edge, or send with OBS.",
      );
    case "permission":
      return t(
        "The browser does not let us use the camera or the microphone. Allow it with the icon near the address, then try again.",
      );
    case "no_device":
      return t("No camera or microphone was found. Plug one in, then try again.");
    case "device_busy":
      return t(
        "The camera or the microphone is used by another program. Close it, then try again.",
      );
    case "signed_out":
      return t("You are no longer signed in, or may not broadcast this sitting.");
    case "not_open":
      return t(
        "This sitting takes no picture or sound now: its doors are closed, or it has ended.",
      );
    case "unknown_sitting":
      return t("The media server does not know this sitting yet. It is tried again by itself.");
    case "occupied":
      return t("Somebody else is already broadcasting this sitting. You take over when they stop.");
    case "server_busy":
      return t("The media server is busy. Trying again…");
    case "refused":
      return t("The media server refused: {detail}", { detail: trouble.detail });
    case "network":
      return t("The media server does not answer. Trying again…");
    case "lost":
      return t("The connection was lost. Trying again…");
  }
}
