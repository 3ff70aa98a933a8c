import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { entry, FakeSocket } from "../../testing/sockets";
import { Timeline, type TimelineOptions } from "./client";

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

describe("without WebSockets", () => {
  const answer = (frame: unknown): Response =>
    new Response(JSON.stringify(frame), { headers: { "Content-Type": "application/json" } });

  it("reads over HTTP after three failures and stops when a socket gets through", async () => {
    asked.mockImplementation(async (address) => {
      const since = new URL(address, "http://palabre.test").searchParams.get("since");
      const common = { timeline: "t", epoch: "e1", stream: "public" };
      return since === null
        ? answer({ type: "snapshot", ...common, seq: 4, at: 0, states: { a: { n: 1 } } })
        : answer({
            type: "entries",
            ...common,
            entries: [entry(Number(since) + 1, "a", { n: 2 })],
          });
    });
    follow();
    await settle();
    for (let failures = 0; failures < 3; failures++) {
      expect(asked).not.toHaveBeenCalled();
      FakeSocket.last.die();
      if (failures < 2) await settle(4000);
    }
    await settle(10);
    expect(timeline.connection).toBe("blocked");
    expect(timeline.get("a")).toEqual({ n: 1 });
    await settle(6500);
    expect(timeline.get("a")).toEqual({ n: 2 });
    // The socket goes on from where HTTP led.
    expect(Number(FakeSocket.last.query.get("since"))).toBeGreaterThanOrEqual(4);
    FakeSocket.last.welcome();
    FakeSocket.last.snapshot(9, { a: { n: 3 } });
    expect(timeline.connection).toBe("live");
    const polls = asked.mock.calls.length;
    await settle(30_000);
    expect(asked.mock.calls.length).toBe(polls);
  });

  it("opens none when one follows in writing, and asks three times a minute", async () => {
    const common = { type: "snapshot", timeline: "t", epoch: "e1", stream: "public", at: 0 };
    let turn = 0;
    asked.mockImplementation(async () =>
      answer({ ...common, seq: 4, states: { a: { n: ++turn } } }),
    );
    follow({ written: true });
    await settle(10);
    expect(timeline.connection).toBe("written");
    expect(timeline.get("a")).toEqual({ n: 1 });
    await settle(60_000);
    expect(FakeSocket.all).toHaveLength(0);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(5);
    for (const [address] of asked.mock.calls) {
      expect(address).toBe("/api/v1/sittings/s/timeline?in_writing=true");
    }
    expect(timeline.get("a")).toEqual({ n: turn });
    asked.mockRejectedValue(new TypeError("network"));
    await settle(25_000);
    expect(timeline.connection).toBe("reconnecting");
    asked.mockImplementation(async () => answer({ ...common, seq: 5, states: {} }));
    window.dispatchEvent(new Event("online"));
    await settle(10);
    expect(timeline.connection).toBe("written");
    expect(timeline.get("a")).toBeUndefined();
  });

  it("does not pretend when HTTP fails too", async () => {
    follow();
    await settle();
    for (let failures = 0; failures < 4; failures++) {
      FakeSocket.last.die();
      await settle(20_000);
    }
    expect(asked).toHaveBeenCalled();
    expect(timeline.connection).toBe("reconnecting");
  });
});
