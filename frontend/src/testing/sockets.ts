// WebSockets that tests hold the other end of.

import type { EntryFrame, ServerFrame } from "../generated/protocol";

export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("no WebSocket was opened");
    return socket;
  }

  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }

  get query(): URLSearchParams {
    return new URL(this.address).searchParams;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  // --- what the server does

  say(frame: ServerFrame): void {
    this.readyState = 1;
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  die(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  welcome(now = Date.now()): void {
    this.say({
      type: "welcome",
      timeline: "t",
      stream: "public",
      me: null,
      now,
      heartbeat_s: 20,
    });
  }

  snapshot(seq: number, states: Record<string, Record<string, unknown>>, epoch = "e1"): void {
    this.say({ type: "snapshot", timeline: "t", epoch, stream: "public", seq, at: 0, states });
  }

  entries(entries: EntryFrame[], epoch = "e1"): void {
    this.say({ type: "entries", timeline: "t", epoch, stream: "public", entries });
  }
}

export function entry(
  seq: number,
  key: string,
  state: Record<string, unknown> | null,
  at = seq * 1000,
): EntryFrame {
  return { seq, at, kind: "question.approved", key, state, actor: "moderator" };
}
