import type { ServerFrame } from "../../generated/protocol";

/** Longest wait for a WebSocket to open and say welcome. Milliseconds. */
const HANDSHAKE_MS = 15_000;

export interface LinkEvents {
  frame(frame: ServerFrame): void;
  /** Once, whatever ended it. `code` is the WebSocket's, 0 when we gave up on it. */
  closed(code: number): void;
}

/** One WebSocket from opening to its end, with a watch on its silence. */
export class Link {
  readonly #socket: WebSocket;
  #watch: ReturnType<typeof setTimeout>;
  #silence = HANDSHAKE_MS;
  #over = false;
  /** When something last came, by our clock. */
  heard = Date.now();

  constructor(
    address: string,
    private readonly events: LinkEvents,
  ) {
    this.#watch = setTimeout(() => this.#end(0), HANDSHAKE_MS);
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#heard(event.data);
    this.#socket.onclose = (event: CloseEvent) => this.#end(event.code);
  }

  get silence(): number {
    return this.#silence;
  }

  send(text: string): void {
    if (this.#socket.readyState === 1) this.#socket.send(text);
  }

  /** Close without telling. */
  drop(): void {
    this.#over = true;
    clearTimeout(this.#watch);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #heard(data: unknown): void {
    if (typeof data !== "string") return;
    const frame = JSON.parse(data) as ServerFrame;
    this.heard = Date.now();
    if (frame.type === "welcome") this.#silence = frame.heartbeat_s * 2000;
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#end(0), this.#silence);
    this.events.frame(frame);
  }

  #end(code: number): void {
    if (this.#over) return;
    this.drop();
    this.events.closed(code);
  }
}
