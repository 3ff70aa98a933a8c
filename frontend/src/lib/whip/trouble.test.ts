import { describe, expect, it } from "vitest";
import { refusal } from "./trouble";

describe("a refused publisher", () => {
  it("tries again where that may help", () => {
    expect(refusal(404, "", "no such sitting").passing).toBe(true);
    expect(refusal(409, "", "somebody else publishes").passing).toBe(true);
    expect(refusal(422, "no-h264", "").passing).toBe(false);
  });
});
