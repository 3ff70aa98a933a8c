import { describe, expect, it } from "vitest";
import { thumbnail, type Storyboard } from "./storyboard";

const board: Storyboard = {
  every: 10,
  count: 230,
  columns: 10,
  per_sheet: 100,
  width: 160,
  height: 90,
  sheets: ["a", "b", "c"],
};

describe("the thumbnail of a second", () => {
  it("stands row by row, sheet by sheet", () => {
    expect(thumbnail(board, 0)).toEqual({ sheet: "a", x: 0, y: 0 });
    expect(thumbnail(board, 9.9)).toEqual({ sheet: "a", x: 0, y: 0 });
    expect(thumbnail(board, 125)).toEqual({ sheet: "a", x: 320, y: 90 });
    expect(thumbnail(board, 999)).toEqual({ sheet: "a", x: 1440, y: 810 });
    expect(thumbnail(board, 1000)).toEqual({ sheet: "b", x: 0, y: 0 });
  });

  it("is the nearest that there is, before the beginning and after the end", () => {
    expect(thumbnail(board, -5)).toEqual({ sheet: "a", x: 0, y: 0 });
    expect(thumbnail(board, 1e6)).toEqual({ sheet: "c", x: 1440, y: 180 });
  });

  it("is missing where there are none", () => {
    expect(thumbnail({ ...board, count: 0 }, 5)).toBeNull();
    expect(thumbnail({ ...board, sheets: [] }, 5)).toBeNull();
  });
});
