import {
  checkSupport,
  devices,
  openMicrophone,
  openPicture,
  type Devices,
  type Picture,
} from "../../lib/whip/devices";
import type { Kind } from "../../lib/whip/publish";
import { Trouble } from "../../lib/whip/trouble";

/** The camera or screen and the microphone that were chosen, whatever is plugged in and out. */
export class Capture {
  trouble = $state.raw<Trouble | null>(null);
  known = $state.raw<Devices>({ cameras: [], microphones: [] });
  /** "" for the first camera, a camera's id, "screen" or "none". */
  picture = $state("");
  microphone = $state("");
  video = $state.raw<MediaStreamTrack | null>(null);
  audio = $state.raw<MediaStreamTrack | null>(null);
  /** The person has let us have the devices. */
  ready = $state(false);
  muted = $state(false);
  /** What was plugged out, or ended by itself: worth a word. */
  gone = $state<"camera" | "microphone" | "screen" | null>(null);

  /** `send`: another track is to be sent from now on, or none. */
  constructor(
    private readonly send: (kind: Kind, track: MediaStreamTrack | null) => Promise<void>,
  ) {}

  /** Look what is plugged in, from now until the answer is called. */
  start(): () => void {
    const plugged = (): void => void this.#refresh();
    try {
      checkSupport();
      navigator.mediaDevices.addEventListener("devicechange", plugged);
      plugged();
    } catch (error) {
      this.trouble = error instanceof Trouble ? error : new Trouble("no_webrtc");
    }
    return () => {
      navigator.mediaDevices?.removeEventListener("devicechange", plugged);
      this.video?.stop();
      this.audio?.stop();
    };
  }

  /** Ask for the devices and show them; nothing is sent yet. */
  open(): Promise<void> {
    return this.#attempt(async () => {
      await this.#chooseMicrophone();
      try {
        await this.#choosePicture();
      } catch (error) {
        // A microphone alone is worth broadcasting.
        if (!(error instanceof Trouble && error.kind === "no_device")) throw error;
        this.picture = "none";
      }
      this.ready = true;
      await this.#refresh();
      this.microphone = this.audio?.getSettings().deviceId ?? this.microphone;
      if (this.picture === "") this.picture = this.video?.getSettings().deviceId ?? "";
    });
  }

  /** Another picture was chosen. */
  async changePicture(): Promise<void> {
    if (!this.ready) return;
    await this.#attempt(async () => {
      await this.#choosePicture();
      await this.send("video", this.video);
    });
  }

  /** Another microphone was chosen. */
  async changeMicrophone(): Promise<void> {
    if (!this.ready) return;
    await this.#attempt(async () => {
      await this.#chooseMicrophone();
      await this.send("audio", this.audio);
    });
  }

  mute(): void {
    this.muted = !this.muted;
    if (this.audio) this.audio.enabled = !this.muted;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = null;
    try {
      await work();
    } catch (error) {
      this.trouble = error instanceof Trouble ? error : new Trouble("device_busy", String(error));
    }
  }

  async #refresh(): Promise<void> {
    this.known = await devices();
    if (!this.ready) return;
    // What was chosen may be gone, and what was missed may be there.
    if (this.audio?.readyState === "ended") await this.changeMicrophone();
    if (this.gone === "camera" && !this.video && this.known.cameras.length > 0) {
      this.picture = this.known.cameras[0]?.id ?? "";
      await this.changePicture();
    }
  }

  get #wanted(): Picture {
    const { picture } = this;
    return picture === "screen" || picture === "none" ? picture : { camera: picture };
  }

  async #choosePicture(): Promise<void> {
    let track: MediaStreamTrack | null;
    try {
      track = await openPicture(this.#wanted);
    } catch (error) {
      // Telephones open one camera at a time.
      if (!this.video || !(error instanceof Trouble && error.kind === "device_busy")) throw error;
      this.video.stop();
      track = await openPicture(this.#wanted);
    }
    this.video?.stop();
    this.video = track;
    if (this.gone !== "microphone") this.gone = null;
    // The person ends the sharing of a screen with the browser's own button; cameras are unplugged.
    track?.addEventListener("ended", () => {
      if (this.video !== track) return;
      this.gone = this.picture === "screen" ? "screen" : "camera";
      this.picture = "none";
      this.video = null;
      void this.send("video", null);
    });
  }

  async #chooseMicrophone(): Promise<void> {
    const track = await openMicrophone(this.microphone);
    this.audio?.stop();
    this.audio = track;
    if (this.gone === "microphone") this.gone = null;
    if (!track) return;
    track.enabled = !this.muted;
    track.addEventListener("ended", () => {
      if (this.audio !== track) return;
      this.gone = "microphone";
      void this.#anotherMicrophone();
    });
  }

  /** The microphone was unplugged: take one that is left. */
  async #anotherMicrophone(): Promise<void> {
    this.known = await devices();
    this.microphone = this.known.microphones[0]?.id ?? "";
    await this.changeMicrophone();
  }
}
