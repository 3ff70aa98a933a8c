import { describe, expect, it } from "vitest";
import { divisor, FIRST, STEPS, Uplink, type Measure } from "./uplink";

const fine: Measure = { available: 4_000_000, loss: 0, delay: 0.05, busy: false };

function times(uplink: Uplink, n: number, measure: Measure): boolean[] {
  return Array.from({ length: n }, () => uplink.measured(measure));
}

describe("the size of the picture by the line", () => {
  it("begins with 720p, and stays there on a good line", () => {
    const uplink = new Uplink();
    expect(uplink.step.side).toBe(1280);
    expect(times(uplink, 30, fine)).not.toContain(true);
  });

  it("shrinks to what the line carries, after two measures that say so", () => {
    const uplink = new Uplink();
    const narrow = { ...fine, available: 350_000 };
    // A browser's first estimates are low on every line.
    expect(times(uplink, 5, narrow)).not.toContain(true);
    expect(times(uplink, 2, narrow)).toEqual([false, true]);
    expect(uplink.step.bits).toBe(300_000);
  });

  it("shrinks step by step when packets are lost, are late, or the processor is tired", () => {
    for (const bad of [{ loss: 0.1 }, { delay: 2 }, { busy: true }]) {
      const uplink = new Uplink();
      times(uplink, 2, { ...fine, ...bad });
      expect(uplink.step).toBe(STEPS[FIRST - 1]);
    }
  });

  it("grows again when the line is better, one step at a time", () => {
    const uplink = new Uplink(0);
    times(uplink, 5, fine);
    expect(uplink.step).toBe(STEPS[1]);
    times(uplink, 5, fine);
    expect(uplink.step).toBe(STEPS[2]);
  });

  it("waits longer after a try that failed", () => {
    const uplink = new Uplink(1);
    const lossy = { ...fine, loss: 0.2 };
    times(uplink, 5, fine);
    times(uplink, 2, lossy);
    expect(uplink.step).toBe(STEPS[1]);
    expect(times(uplink, 9, fine)).not.toContain(true);
    expect(times(uplink, 1, fine)).toEqual([true]);
  });

  it("does without the browser's estimate, as Firefox has none", () => {
    const uplink = new Uplink(1);
    const silent = { ...fine, available: null };
    times(uplink, 5, silent);
    expect(uplink.step).toBe(STEPS[2]);
    times(uplink, 2, { ...silent, loss: 0.1 });
    expect(uplink.step).toBe(STEPS[1]);
  });

  it("keeps the limit that a person has set", () => {
    const uplink = new Uplink();
    uplink.most = 1;
    expect(uplink.step).toBe(STEPS[1]);
    times(uplink, 50, fine);
    expect(uplink.step).toBe(STEPS[1]);
  });

  it("divides upright pictures as it does wide ones", () => {
    expect(divisor(1280, 720, STEPS[2] as never)).toBe(2);
    expect(divisor(720, 1280, STEPS[2] as never)).toBe(2);
    expect(divisor(320, 180, STEPS[2] as never)).toBe(1);
    expect(divisor(0, 0, STEPS[2] as never)).toBe(1);
  });
});
