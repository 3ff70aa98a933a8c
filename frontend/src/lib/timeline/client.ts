import type {
  CommandArgs,
  CommandName,
  EntriesFrame,
  EntryFrame,
  Me,
  RefusedFrame,
  ServerFrame,
  SnapshotFrame,
  Stream,
} from "../../generated/protocol";
import { backoff } from "./backoff";
import type { State, States } from "./fold";
import { Link } from "./link";
import { Outbox, type Result } from "./outbox";
import { Gap, Position } from "./position";
import { Listeners, type Change, type Source } from "./source";

/**
 * `connecting`: first time; `live`; `reconnecting`; `offline`: the device says it has no network;
 * `blocked`: no WebSocket gets through, we read over HTTP; `written`: we read over HTTP by choice;
 * `refused`: the server will not have us.
 */
export type Connection =
  "connecting" | "live" | "reconnecting" | "offline" | "blocked" | "written" | "refused";

export interface TimelineOptions {
  /** Address of the WebSocket, without parameters. */
  ws: string;
  /** Address of the same over HTTP: answers a snapshot or entries. */
  timeline: string;
  stream: Stream;
  language: string;
  /** A fresh ticket; null for visitors. Throws when the network does. */
  ticket: (() => Promise<string | null>) | null;
  /** Where the page that we follow stood: what came before, it has said. */
  from?: { epoch: string; seq: number };
  /** No socket: ask now and then for the little that one follows in writing. */
  written?: boolean;
  random?: () => number;
}

/** Connections that fail in a row before we read over HTTP too. */
const FAILURES_BEFORE_POLLING = 3;
const POLL_MS = 5000;
/** Three small answers a minute. */
const WRITTEN_MS = 20_000;
const CLOSE_EXPIRED = 4401;
const CLOSE_FINAL = new Set([4403, 4404]);
const CLOSE_TOO_OFTEN = 4429;

/** A timeline followed live: one socket, resumed by position, with an outbox of commands. */
export class Timeline implements Source {
  readonly #position = new Position();
  readonly #latest: States = new Map();
  #mine: States = new Map();
  readonly #changes = new Listeners<Change>();
  readonly #entries = new Listeners<readonly EntryFrame[]>();
  readonly #connections = new Listeners<Connection>();
  readonly #outbox = new Outbox((text) => {
    if (this.#ready) this.#link?.send(text);
  });

  #link: Link | null = null;
  #ready = false;
  #failures = 0;
  #running = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setTimeout> | undefined;
  /** Counts; what an earlier round brings is not the present one's. */
  #polling = 0;
  #connection: Connection = "connecting";
  /** The server's clock minus ours, milliseconds. */
  skew = 0;
  /** Who the server says we are; undefined before it has said. */
  me: Me | null | undefined;
  /** Why the server would not have us. */
  refusal: RefusedFrame | null = null;

  constructor(private readonly options: TimelineOptions) {
    if (options.from) this.#position.begin(options.from, options.stream);
  }

  // --- what views read

  get(key: string): State | undefined {
    return this.#latest.get(key) ?? this.#position.states.get(key);
  }

  *keys(): Iterable<string> {
    yield* this.#position.states.keys();
    for (const key of this.#latest.keys()) if (!this.#position.states.has(key)) yield key;
  }

  mine(): ReadonlyMap<string, State> {
    return this.#mine;
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Called with entries that are new to us; never with what a snapshot says. */
  onEntries(listener: (entries: readonly EntryFrame[]) => void): () => void {
    return this.#entries.add(listener);
  }

  get connection(): Connection {
    return this.#connection;
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    return this.#connections.add(listener);
  }

  /** The server's clock, milliseconds since 1970. */
  now(): number {
    return Date.now() + this.skew;
  }

  // --- life

  start(): void {
    if (this.#running) return;
    this.#running = true;
    window.addEventListener("online", this.#hurry);
    window.addEventListener("offline", this.#lost);
    window.addEventListener("pageshow", this.#awake);
    document.addEventListener("visibilitychange", this.#awake);
    if (this.options.written) this.#startPolling();
    else void this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#attempt++;
    clearTimeout(this.#retry);
    this.#stopPolling();
    window.removeEventListener("online", this.#hurry);
    window.removeEventListener("offline", this.#lost);
    window.removeEventListener("pageshow", this.#awake);
    document.removeEventListener("visibilitychange", this.#awake);
    this.#drop();
    this.#outbox.clear();
  }

  /** Send a command; raises `Refused` through the promise. */
  send<C extends CommandName>(command: C, args: CommandArgs[C], id?: string): Promise<Result> {
    return this.#outbox.send(command, args, id);
  }

  // --- connecting

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    clearTimeout(this.#retry);
    this.#drop();
    let ticket: string | null = null;
    try {
      ticket = (await this.options.ticket?.()) ?? null;
    } catch {
      if (attempt === this.#attempt) this.#failed();
      return;
    }
    if (attempt !== this.#attempt || !this.#running) return;
    const query = new URLSearchParams(this.#position.query(this.options.stream));
    query.set("language", this.options.language);
    if (ticket) query.set("ticket", ticket);
    try {
      this.#link = new Link(`${this.options.ws}?${query}`, {
        frame: (frame) => this.#receive(frame),
        closed: (code) => this.#closed(code),
      });
    } catch {
      this.#failed();
    }
  }

  #drop(): void {
    this.#link?.drop();
    this.#link = null;
    this.#ready = false;
  }

  #closed(code: number): void {
    this.#link = null;
    this.#ready = false;
    if (CLOSE_FINAL.has(code)) {
      this.#running = false;
      this.#stopPolling();
      this.#outbox.clear();
      this.#become("refused");
    } else if (code === CLOSE_EXPIRED && this.#failures === 0) {
      this.#failures = 1;
      void this.#connect();
    } else {
      this.#failed(code === CLOSE_TOO_OFTEN ? (this.refusal?.retry_after ?? 10) * 1000 : 0);
    }
  }

  #failed(atLeast = 0): void {
    this.#failures++;
    if (this.#connection !== "blocked") {
      this.#become(navigator.onLine === false ? "offline" : "reconnecting");
    }
    // Over HTTP there is only what everyone may see.
    const readable = this.options.stream === "public";
    if (readable && this.#failures >= FAILURES_BEFORE_POLLING && this.#poll === undefined) {
      this.#startPolling();
    }
    const wait = Math.max(
      atLeast,
      backoff(this.#failures, this.options.random ? { random: this.options.random } : {}),
    );
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  readonly #hurry = (): void => {
    if (this.options.written) return this.#askNow();
    if (!this.#running || (this.#ready && this.#connection === "live")) return;
    if (this.#connection === "offline") this.#become("reconnecting");
    void this.#connect();
  };

  readonly #lost = (): void => {
    if (this.#running) this.#become("offline");
  };

  /** A telephone that slept does not know that its connection died. */
  readonly #awake = (): void => {
    if (!this.#running || document.visibilityState === "hidden") return;
    if (this.options.written) return this.#askNow();
    if (this.#link && Date.now() - this.#link.heard < this.#link.silence) return;
    if (this.#connection === "live") this.#become("reconnecting");
    void this.#connect();
  };

  #become(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#connections.tell(connection);
  }

  // --- receiving

  #receive(frame: ServerFrame): void {
    // The device may say it is offline and be wrong.
    if (this.#ready) this.#become("live");
    switch (frame.type) {
      case "welcome":
        this.skew = frame.now - Date.now();
        this.me = frame.me;
        this.refusal = null;
        return;
      case "snapshot":
        this.#takeSnapshot(frame);
        this.#caughtUp();
        return;
      case "entries":
        this.#takeEntries(frame);
        return;
      case "latest":
        this.#takeLatest(frame.values);
        return;
      case "mine":
        if (frame.whole) this.#mine = new Map();
        merge(this.#mine, frame.values);
        this.#changes.tell(frame.whole ? "all" : new Set(Object.keys(frame.values)));
        return;
      case "ack":
        this.#outbox.ack(frame);
        return;
      case "refused":
        if (!this.#outbox.refused(frame)) this.refusal = frame;
        return;
    }
  }

  #takeSnapshot(frame: SnapshotFrame): void {
    this.#latest.clear();
    this.#changes.tell(this.#position.snapshot(frame));
  }

  #takeEntries(frame: EntriesFrame): void {
    try {
      const { fresh, changed } = this.#position.entries(frame);
      // An entry is newer than the latest value it speaks of.
      for (const entry of fresh) this.#latest.delete(entry.key);
      this.#caughtUp();
      if (fresh.length > 0) {
        this.#changes.tell(changed);
        this.#entries.tell(fresh);
      }
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      if (frame.epoch !== this.#position.epoch) this.#position.forget();
      this.#drop();
      this.#failed();
    }
  }

  #takeLatest(values: Record<string, State | null>): void {
    merge(this.#latest, values);
    // A final count is never overtaken by one that was on its way.
    for (const key of Object.keys(values)) {
      if (this.#position.states.get(key)?.["final"] === true) this.#latest.delete(key);
    }
    this.#changes.tell(new Set(Object.keys(values)));
  }

  /** The position is known again: what waited can go. */
  #caughtUp(): void {
    if (this.#ready || !this.#link) return;
    this.#ready = true;
    this.#failures = 0;
    this.#stopPolling();
    this.#become("live");
    this.#outbox.resend();
  }

  // --- without a WebSocket

  #startPolling(): void {
    const { written } = this.options;
    const reading = written ? "written" : "blocked";
    const polling = ++this.#polling;
    const round = async (): Promise<void> => {
      // Nobody looks: nothing is paid for.
      const asleep = written && document.visibilityState === "hidden";
      const read = asleep || (await this.#pollOnce());
      if (polling !== this.#polling) return;
      if (read) this.#become(reading);
      else if (navigator.onLine === false) this.#become("offline");
      else if (written || this.#connection === reading) this.#become("reconnecting");
      this.#poll = setTimeout(() => void round(), jitter(written ? WRITTEN_MS : POLL_MS));
    };
    this.#poll = setTimeout(() => void round(), 0);
  }

  /** Somebody came back to look, or the network did. */
  #askNow(): void {
    this.#stopPolling();
    this.#startPolling();
  }

  #stopPolling(): void {
    this.#polling++;
    clearTimeout(this.#poll);
    this.#poll = undefined;
  }

  async #pollOnce(): Promise<boolean> {
    const query = this.options.written
      ? "in_writing=true"
      : new URLSearchParams(this.#position.query(this.options.stream));
    try {
      const answer = await fetch(`${this.options.timeline}?${query}`, {
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) return false;
      const frame = (await answer.json()) as SnapshotFrame | EntriesFrame;
      if (this.#poll === undefined) return true;
      if (frame.type === "snapshot") {
        this.#takeSnapshot(frame);
      } else {
        const { fresh, changed } = this.#position.entries(frame);
        for (const entry of fresh) this.#latest.delete(entry.key);
        if (fresh.length > 0) this.#changes.tell(changed);
        this.#entries.tell(fresh);
      }
      return true;
    } catch (error) {
      if (error instanceof Gap) this.#position.forget();
      return false;
    }
  }
}

function merge(into: States, values: Record<string, State | null>): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === null) into.delete(key);
    else into.set(key, value);
  }
}

function jitter(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}
