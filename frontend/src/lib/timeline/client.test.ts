import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { entry, FakeSocket } from "../../testing/sockets";
import { Timeline, type TimelineOptions } from "./client";
import { Refused } from "./outbox";

let timeline: Timeline;
const asked = vi.fn<(address: string) => Promise<Response>>();

function follow(options: Partial<TimelineOptions> = {}): Timeline {
  timeline = new Timeline({
    ws: "ws://palabre.test/ws/sittings/s/",
    timeline: "/api/v1/sittings/s/timeline",
    stream: "public",
    language: "fr",
    ticket: null,
    random: () => 0.5,
    ...options,
  });
  timeline.start();
  return timeline;
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** A timeline that is live at position 2. */
async function followed(options: Partial<TimelineOptions> = {}): Promise<Timeline> {
  const followed = follow(options);
  await settle();
  FakeSocket.last.welcome();
  FakeSocket.last.snapshot(2, { "question/1": { text: "one" } });
  return followed;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  asked.mockReset();
  asked.mockRejectedValue(new TypeError("network"));
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", asked);
});

afterEach(() => {
  timeline.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("catching up", () => {
  it("begins with a snapshot and goes on with entries", async () => {
    await followed();
    expect(timeline.connection).toBe("live");
    const changed: unknown[] = [];
    timeline.onChange((change) => changed.push(change));
    FakeSocket.last.entries([entry(3, "question/2", { text: "two" })]);
    expect(timeline.get("question/2")).toEqual({ text: "two" });
    expect(changed).toEqual([new Set(["question/2"])]);
  });

  it("resumes by position and epoch", async () => {
    await followed();
    expect(FakeSocket.last.query.get("since")).toBeNull();
    FakeSocket.last.die();
    expect(timeline.connection).toBe("reconnecting");
    await settle(1000);
    expect(FakeSocket.all).toHaveLength(2);
    expect(FakeSocket.last.query.get("since")).toBe("2");
    expect(FakeSocket.last.query.get("epoch")).toBe("e1");
    expect(FakeSocket.last.query.get("stream")).toBe("public");
    FakeSocket.last.welcome();
    FakeSocket.last.entries([entry(3, "question/1", null)]);
    expect(timeline.connection).toBe("live");
    expect(timeline.get("question/1")).toBeUndefined();
  });

  it("leaves out entries it has", async () => {
    await followed();
    const seen: number[] = [];
    timeline.onEntries((entries) => seen.push(...entries.map((one) => one.seq)));
    FakeSocket.last.entries([entry(3, "a", { n: 1 })]);
    FakeSocket.last.entries([entry(2, "a", { n: 0 }), entry(3, "a", { n: 1 }), entry(4, "b", {})]);
    expect(seen).toEqual([3, 4]);
    expect(timeline.get("a")).toEqual({ n: 1 });
  });

  it("asks again when entries are missing, and shows none of what came after the hole", async () => {
    await followed();
    FakeSocket.last.entries([entry(4, "question/9", { text: "nine" })]);
    expect(timeline.get("question/9")).toBeUndefined();
    expect(timeline.connection).toBe("reconnecting");
    await settle(1000);
    expect(FakeSocket.all).toHaveLength(2);
    expect(FakeSocket.last.query.get("since")).toBe("2");
  });

  it("takes the snapshot of another epoch for the whole truth", async () => {
    await followed();
    FakeSocket.last.die();
    await settle(1000);
    FakeSocket.last.welcome();
    FakeSocket.last.snapshot(1, { sitting: { state: "live" } }, "e2");
    expect(timeline.get("question/1")).toBeUndefined();
    FakeSocket.last.die();
    await settle(1000);
    expect(FakeSocket.last.query.get("epoch")).toBe("e2");
    expect(FakeSocket.last.query.get("since")).toBe("1");
  });

  it("forgets its position when entries of another epoch come", async () => {
    await followed();
    FakeSocket.last.entries([entry(3, "a", {})], "e2");
    await settle(1000);
    expect(FakeSocket.last.query.get("since")).toBeNull();
  });
});

describe("values without position", () => {
  it("shows the last one, until an entry says otherwise", async () => {
    await followed();
    FakeSocket.last.say({
      type: "latest",
      timeline: "t",
      values: { "support/1": { supports: 7 } },
    });
    expect(timeline.get("support/1")).toEqual({ supports: 7 });
    expect([...timeline.keys()]).toContain("support/1");
    FakeSocket.last.entries([entry(3, "support/1", { supports: 9 })]);
    expect(timeline.get("support/1")).toEqual({ supports: 9 });
  });

  it("never lets a late count overtake the final one", async () => {
    await followed();
    FakeSocket.last.entries([entry(3, "tally/1", { voters: 12, final: true })]);
    FakeSocket.last.say({
      type: "latest",
      timeline: "t",
      values: { "tally/1": { voters: 11, final: false } },
    });
    expect(timeline.get("tally/1")).toEqual({ voters: 12, final: true });
  });

  it("replaces what is mine when the frame is whole", async () => {
    await followed();
    FakeSocket.last.say({
      type: "mine",
      timeline: "t",
      whole: false,
      values: { "question/5": { state: "pending" }, "support/1": { supported: true } },
    });
    FakeSocket.last.say({
      type: "mine",
      timeline: "t",
      whole: false,
      values: { "support/1": null },
    });
    expect([...timeline.mine().keys()]).toEqual(["question/5"]);
    FakeSocket.last.say({ type: "mine", timeline: "t", whole: true, values: {} });
    expect(timeline.mine().size).toBe(0);
  });
});

describe("staying connected", () => {
  it("waits longer after each failure, never more than the cap, at random", async () => {
    follow({ random: () => 1 });
    await settle();
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const before = FakeSocket.all.length;
      FakeSocket.last.die();
      let waited = 0;
      while (FakeSocket.all.length === before) {
        await settle(250);
        waited += 250;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it("comes back from a restart within a second, each client at a moment of its own", async () => {
    const moments: number[] = [];
    for (const share of [0.1, 0.45, 0.8]) {
      await followed({ random: () => share });
      const before = FakeSocket.all.length;
      FakeSocket.last.die(1012);
      let waited = 0;
      while (FakeSocket.all.length === before) {
        await settle(50);
        waited += 50;
      }
      moments.push(waited);
      timeline.stop();
    }
    expect(moments).toEqual([100, 450, 800]);
  });

  it("gives up on a connection that is silent for two heartbeats", async () => {
    await followed();
    await settle(39_000);
    expect(timeline.connection).toBe("live");
    FakeSocket.last.say({ type: "latest", timeline: "t", values: {} });
    await settle(39_000);
    expect(timeline.connection).toBe("live");
    await settle(1_500);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("gives up on a handshake that hangs", async () => {
    follow();
    await settle(15_000);
    await settle(1000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("says that the device is offline, and comes back at once with the network", async () => {
    await followed();
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    window.dispatchEvent(new Event("offline"));
    FakeSocket.last.die();
    expect(timeline.connection).toBe("offline");
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(FakeSocket.all).toHaveLength(2);
    expect(timeline.connection).toBe("reconnecting");
  });

  it("does not come back where it is not wanted", async () => {
    await followed();
    const waiting = timeline.send("question.support", { question: 1 });
    FakeSocket.last.say({
      type: "refused",
      id: null,
      code: "forbidden",
      message: "Non.",
      field: null,
      retry_after: null,
      data: null,
    });
    FakeSocket.last.die(4403);
    await expect(waiting).rejects.toBeInstanceOf(Refused);
    await settle(120_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(timeline.connection).toBe("refused");
    expect(timeline.refusal?.message).toBe("Non.");
  });

  it("takes a fresh ticket for each connection, at once when the last was too old", async () => {
    let tickets = 0;
    follow({ ticket: async () => `ticket-${++tickets}` });
    await settle();
    expect(FakeSocket.last.query.get("ticket")).toBe("ticket-1");
    FakeSocket.last.die(4401);
    await settle();
    expect(FakeSocket.last.query.get("ticket")).toBe("ticket-2");
    FakeSocket.last.die(4401);
    await settle();
    expect(FakeSocket.all).toHaveLength(2);
    await settle(2000);
    expect(FakeSocket.last.query.get("ticket")).toBe("ticket-3");
  });

  it("tries again when no ticket could be fetched", async () => {
    let fails = true;
    follow({
      ticket: () => (fails ? Promise.reject(new TypeError("network")) : Promise.resolve("t")),
    });
    await settle();
    expect(FakeSocket.all).toHaveLength(0);
    fails = false;
    await settle(1000);
    expect(FakeSocket.last.query.get("ticket")).toBe("t");
  });

  it("stops for good", async () => {
    await followed();
    FakeSocket.last.die();
    timeline.stop();
    await settle(120_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

describe("commands", () => {
  it("resolve when they are acknowledged", async () => {
    await followed();
    const done = timeline.send("question.support", { question: 1 });
    const { id, command, args } = FakeSocket.last.sent[0] ?? {};
    expect(command).toBe("question.support");
    expect(args).toEqual({ question: 1 });
    expect(id).toMatch(/^[A-Za-z0-9_-]{8,40}$/);
    FakeSocket.last.say({ type: "ack", id: String(id), result: { supported: true } });
    await expect(done).resolves.toEqual({ supported: true });
  });

  it("reject with what the server said", async () => {
    await followed();
    const done = timeline.send("question.submit", { text: "short" });
    FakeSocket.last.say({
      type: "refused",
      id: String(FakeSocket.last.sent[0]?.["id"]),
      code: "too_often",
      message: "Doucement.",
      field: "text",
      retry_after: 12,
      data: null,
    });
    const error: unknown = await done.catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: "too_often",
      message: "Doucement.",
      field: "text",
      retryAfter: 12,
    });
  });

  it("wait for the connection, and are sent again with the same id after it was lost", async () => {
    follow();
    await settle();
    const done = timeline.send("ballot.cast", { poll: 1, options: [2] });
    expect(FakeSocket.last.sent).toEqual([]);
    FakeSocket.last.welcome();
    expect(FakeSocket.last.sent).toEqual([]);
    FakeSocket.last.snapshot(1, {});
    const id = FakeSocket.last.sent[0]?.["id"];
    FakeSocket.last.die();
    await settle(1000);
    FakeSocket.last.welcome();
    FakeSocket.last.entries([]);
    expect(FakeSocket.last.sent.map((frame) => frame["id"])).toEqual([id]);
    FakeSocket.last.say({ type: "ack", id: String(id), result: {} });
    await done;
    FakeSocket.last.die();
    await settle(1000);
    FakeSocket.last.welcome();
    FakeSocket.last.entries([]);
    expect(FakeSocket.last.sent).toEqual([]);
  });

  it("say so when no answer comes", async () => {
    await followed();
    const outcome = timeline
      .send("question.support", { question: 1 })
      .catch((error: unknown) => error);
    await settle(46_000);
    expect(await outcome).toMatchObject({ code: "unreachable" });
  });

  it("are not sent when they are too large", async () => {
    await followed();
    const outcome = timeline.send("question.submit", { text: "é".repeat(5000) });
    await expect(outcome).rejects.toMatchObject({ code: "too_large" });
    expect(FakeSocket.last.sent).toEqual([]);
  });
});

describe("the clock", () => {
  it("is the server's", async () => {
    follow();
    await settle();
    FakeSocket.last.welcome(Date.now() + 60_000);
    expect(timeline.now() - Date.now()).toBe(60_000);
  });
});
