import { describe, expect, it } from "vitest";
import { Heights, rowAt, windowOf } from "./heights";

describe("heights of rows", () => {
  it("guesses the mean of what was measured", () => {
    const heights = new Heights();
    expect(heights.measure(1, 100)).toBe(true);
    expect(heights.measure(1, 100.2)).toBe(false);
    heights.measure(2, 200);
    expect([...heights.layout([1, 2, 3])]).toEqual([0, 100, 300, 450]);
    heights.measure(1, 160);
    expect([...heights.layout([2, 1, 3])]).toEqual([0, 200, 360, 540]);
  });

  it("finds the row at a place", () => {
    const layout = Float64Array.from([0, 100, 300, 450]);
    expect([-5, 0, 99, 100, 299, 449, 9999].map((y) => rowAt(layout, y))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ]);
  });

  it("makes the rows in view and a few more, never too many", () => {
    const layout = new Heights().layout(Array.from({ length: 5000 }, (_, index) => index));
    const { from, to } = windowOf(layout, 132_000, 132_800, 600, 120);
    expect(from).toBeLessThanOrEqual(1000 - 4);
    expect(to - from).toBeLessThan(20);
    const many = windowOf(layout, 0, 1_000_000, 0, 120);
    expect(many).toEqual({ from: 0, to: 120 });
    expect(windowOf(new Float64Array([0]), 0, 800, 600, 120)).toEqual({ from: 0, to: 0 });
  });
});
