import type {
  AckFrame,
  CommandArgs,
  CommandFrame,
  CommandName,
  ErrorCode,
  RefusedFrame,
} from "../../generated/protocol";
import { MAX_COMMAND_BYTES } from "../../generated/protocol";

/** `unreachable`: no answer came in time; whether it was done is not known. */
export type RefusalCode = ErrorCode | "unreachable";

/** A command that was refused; `message` is for people, already in their language. `data`: what is
 * so now, as after a conflict. */
export class Refused extends Error {
  constructor(
    readonly code: RefusalCode,
    message = "",
    readonly field: string | null = null,
    readonly retryAfter: number | null = null,
    readonly data: RefusedFrame["data"] = null,
  ) {
    super(message);
    this.name = "Refused";
  }
}

export type Result = AckFrame["result"];

interface Pending {
  frame: CommandFrame;
  resolve(result: Result): void;
  reject(error: Refused): void;
  deadline: ReturnType<typeof setTimeout>;
}

/** Ids in the form the server reads; works on addresses without HTTPS too. */
export function newId(): string {
  if (typeof crypto !== "undefined") {
    if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
}

/** Commands under way. They survive reconnection: sent again with the same id, done once. */
export class Outbox {
  readonly #pending = new Map<string, Pending>();

  constructor(
    /** Sends now if there is a connection; those that could not go are sent by `resend`. */
    private readonly transmit: (text: string) => void,
    private readonly patience = 45_000,
  ) {}

  get size(): number {
    return this.#pending.size;
  }

  /** Raises `Refused` through the promise. The same `id` again is harmless. */
  send<C extends CommandName>(command: C, args: CommandArgs[C], id = newId()): Promise<Result> {
    const frame: CommandFrame = { id, command, args: { ...args } };
    const text = JSON.stringify(frame);
    if (new TextEncoder().encode(text).length > MAX_COMMAND_BYTES) {
      return Promise.reject(new Refused("too_large"));
    }
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => this.#settle(id)?.reject(new Refused("unreachable")),
        this.patience,
      );
      this.#settle(id)?.reject(new Refused("unreachable"));
      this.#pending.set(id, { frame, resolve, reject, deadline });
      this.transmit(text);
    });
  }

  /** Everything that has no answer yet, in the order it was asked. */
  resend(): void {
    for (const { frame } of this.#pending.values()) this.transmit(JSON.stringify(frame));
  }

  ack(frame: AckFrame): void {
    this.#settle(frame.id)?.resolve(frame.result);
  }

  /** False when the frame answers no command of ours. */
  refused(frame: RefusedFrame): boolean {
    const pending = frame.id === null ? undefined : this.#settle(frame.id);
    pending?.reject(
      new Refused(frame.code, frame.message, frame.field, frame.retry_after, frame.data ?? null),
    );
    return pending !== undefined;
  }

  /** Give up on everything. */
  clear(): void {
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new Refused("unreachable"));
    }
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending) {
      clearTimeout(pending.deadline);
      this.#pending.delete(id);
    }
    return pending;
  }
}
