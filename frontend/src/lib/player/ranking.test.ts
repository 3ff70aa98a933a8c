import { afterEach, describe, expect, it } from "vitest";
import { ranked } from "./ranking";

const BOTH = ["native", "hls.js"] as const;
const safari = (): void => {
  Object.assign(HTMLMediaElement.prototype, { getStartDate: () => new Date(0) });
};

describe("how a browser plays", () => {
  afterEach(() => {
    delete (HTMLMediaElement.prototype as { getStartDate?: unknown }).getStartDate;
  });

  it("leaves sound to the browser, without a library", () => {
    safari();
    expect(ranked(BOTH, { picture: false, prompt: false, live: true })[0]).toBe("native");
    expect(ranked(BOTH, { picture: false, prompt: false, live: false })[0]).toBe("native");
  });

  it("takes the library where the browser cannot go back while it is live", () => {
    expect(ranked(BOTH, { picture: false, prompt: false, live: true })[0]).toBe("hls.js");
    expect(ranked(BOTH, { picture: false, prompt: false, live: false })[0]).toBe("native");
  });

  it("takes it for pictures, and for those who take part", () => {
    safari();
    expect(ranked(BOTH, { picture: true, prompt: false, live: true })[0]).toBe("hls.js");
    expect(ranked(BOTH, { picture: false, prompt: true, live: true })[0]).toBe("hls.js");
  });

  it("uses what there is", () => {
    expect(ranked(["native"], { picture: true, prompt: true, live: true })).toEqual(["native"]);
    expect(ranked([], { picture: true, prompt: true, live: true })).toEqual([]);
  });
});
