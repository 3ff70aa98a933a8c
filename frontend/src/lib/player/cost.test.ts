import { describe, expect, it } from "vitest";
import { announced, francsPerHour, megabytesPerHour, USUAL } from "./cost";

describe("what an hour costs", () => {
  it("is read from the playlist, the average first", () => {
    const playlist = [
      "#EXTM3U",
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="main",URI="audio.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=640x360',
      "video.m3u8",
      '#EXT-X-STREAM-INF:BANDWIDTH=42000,CODECS="mp4a.40.2"',
      "audio.m3u8",
    ].join("\n");
    expect(announced(playlist)).toEqual({ video: 800_000, audio: 42_000 });
  });

  it("is the usual where the playlist says nothing", () => {
    expect(announced("#EXTM3U\n")).toEqual(USUAL);
  });

  it("is in megabytes with what protocols add, and in round francs", () => {
    expect(megabytesPerHour(1_000_000)).toBeCloseTo(495);
    expect(francsPerHour(1_000_000, 1000)).toBe(500);
    expect(francsPerHour(40_000, 1000)).toBe(20);
    expect(francsPerHour(1000, 1000)).toBe(1);
  });
});
