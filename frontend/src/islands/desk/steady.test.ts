import { describe, expect, it } from "vitest";
import { settle } from "./steady";

const never = (): boolean => false;

describe("the order of a list that somebody works in", () => {
  it("is as it should be when nobody does", () => {
    expect(settle([1, 2], [3, 2, 1], false, never)).toEqual({ shown: [3, 2, 1], held: 0 });
  });

  it("takes what comes after everything, and holds back what would push others aside", () => {
    expect(settle([1, 2], [1, 2, 3], true, never)).toEqual({ shown: [1, 2, 3], held: 0 });
    expect(settle([2, 1], [4, 3, 2, 1], true, never)).toEqual({ shown: [2, 1], held: 2 });
    expect(settle([2, 1], [3, 2, 1, 0], true, never)).toEqual({ shown: [2, 1, 0], held: 1 });
  });

  it("does not change the order of what is shown", () => {
    expect(settle([1, 2, 3], [3, 1, 2], true, never)).toEqual({ shown: [1, 2, 3], held: 0 });
  });

  it("keeps what left when it stays, and lets the rest go", () => {
    expect(settle([1, 2, 3], [3], true, (id) => id === 2)).toEqual({ shown: [2, 3], held: 0 });
    expect(settle([1, 2], [], true, (id) => id === 2)).toEqual({ shown: [2], held: 0 });
  });

  it("is the same array when nothing changes, so that nothing is drawn again", () => {
    const shown = [2, 1];
    expect(settle(shown, [3, 2, 1], true, never).shown).toBe(shown);
  });

  it("shows what comes when all that was there is gone", () => {
    expect(settle([], [1, 2], true, never)).toEqual({ shown: [1, 2], held: 0 });
    expect(settle([9], [1, 2], true, (id) => id === 9)).toEqual({ shown: [9, 1, 2], held: 0 });
  });
});
