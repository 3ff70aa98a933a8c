import { describe, expect, it } from "vitest";
import { withParts } from "./maker";

describe("who takes part", () => {
  it("gets the playlists with parts, token and all", () => {
    expect(withParts("http://127.0.0.1/hls/a/index.m3u8")).toBe("http://127.0.0.1/hls/a/low.m3u8");
    expect(withParts("/hls/a/~token/audio.m3u8")).toBe("/hls/a/~token/low-audio.m3u8");
  });
});
