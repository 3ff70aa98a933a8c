import { describe, expect, it } from "vitest";
import { USUAL } from "./cost";
import { heights, isWhole } from "./sizes";

const OFFER = {
  ...USUAL,
  pictures: [
    { height: 240, bits: 190_000 },
    { height: 720, bits: 800_000 },
  ],
};

describe("sizes of picture", () => {
  it("are each named once, the smallest first", () => {
    expect(heights([{ height: 720 }], OFFER.pictures)).toEqual([240, 720]);
    expect(heights([], [])).toEqual([]);
  });

  it("are the hall's own unless a smaller one was chosen", () => {
    expect(isWhole(null, OFFER)).toBe(true);
    expect(isWhole(720, OFFER)).toBe(true);
    expect(isWhole(240, OFFER)).toBe(false);
  });
});
