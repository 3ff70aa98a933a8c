import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Budget } from "./budget.svelte";

let asked: URL[] = [];
let answer: { pictures: string; load: number | null } | null = null;

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(new URL(address));
    return answer === null
      ? Promise.reject(new TypeError("no network"))
      : Promise.resolve(new Response(JSON.stringify(answer)));
  });
});

afterEach(() => vi.unstubAllGlobals());

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const budget = (): Budget => new Budget("http://media/hls/x/", new AbortController().signal);

describe("the budget of the hall's line", () => {
  it("is told what is watched, now and then, and sooner when that changes", async () => {
    answer = { pictures: "low", load: 0.9 };
    const told = budget();
    for (let now = 0; now < 40_000; now += 250) {
      told.tick(now < 10_000 ? "240p" : "audio", now);
      await settled();
    }
    expect(asked.map((one) => one.searchParams.get("r"))).toEqual(["240p", "audio", "audio"]);
    expect(asked[0]?.pathname).toBe("/hls/x/budget.json");
    expect(new Set(asked.map((one) => one.searchParams.get("s"))).size).toBe(1);
    expect(asked[0]?.searchParams.get("s")).toMatch(/^[a-z0-9]{20}$/);
    expect(told.given).toBe("low");
  });

  it("is asked once where the line has no limit", async () => {
    answer = { pictures: "full", load: null };
    const told = budget();
    for (let now = 0; now < 60_000; now += 250) {
      told.tick("video", now);
      await settled();
    }
    expect(asked).toHaveLength(1);
    expect(told.given).toBe("full");
  });

  it("is asked again after no answer, and nothing is taken away meanwhile", async () => {
    answer = null;
    const told = budget();
    told.tick("video", 0);
    await settled();
    expect(told.given).toBeNull();
    answer = { pictures: "sound", load: 0.99 };
    told.tick("video", 18_000);
    await settled();
    expect(told.given).toBe("sound");
  });
});
