import { describe, expect, it } from "vitest";
import { francs, francsPerHour, megabytesPerHour, offered, USUAL } from "./cost";

const LADDER = [
  "#EXTM3U",
  '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="main",URI="audio.m3u8"',
  '#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720',
  "video.m3u8",
  '#EXT-X-STREAM-INF:BANDWIDTH=200000,AVERAGE-BANDWIDTH=190000,CODECS="avc1.42c00d,mp4a.40.2",RESOLUTION=426x240',
  "v240.m3u8",
  '#EXT-X-STREAM-INF:BANDWIDTH=42000,CODECS="mp4a.40.2"',
  "audio.m3u8",
].join("\n");

describe("what an hour costs", () => {
  it("is read from the playlist, the average first, for every size of picture", () => {
    expect(offered(LADDER)).toEqual({
      sound: 42_000,
      pictures: [
        { height: 240, bits: 190_000 },
        { height: 720, bits: 800_000 },
      ],
      full: false,
    });
  });

  it("names an upright picture by its short side", () => {
    const upright = "#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=540x960\nvideo.m3u8";
    expect(offered(upright).pictures[0]?.height).toBe(540);
  });

  it("is the usual where the playlist says nothing", () => {
    expect(offered("#EXTM3U\n")).toEqual({ ...USUAL, full: false });
  });

  it("says when the hall's own line is full", () => {
    const said = '#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID="palabre.uplink",VALUE="full"\n';
    expect(offered(said).full).toBe(true);
  });

  it("is in megabytes with what protocols add, and in round francs", () => {
    expect(megabytesPerHour(1_000_000)).toBeCloseTo(495);
    expect(francsPerHour(1_000_000, 1000)).toBe(500);
    expect(francsPerHour(40_000, 1000)).toBe(20);
    expect(francsPerHour(1000, 1000)).toBe(1);
    expect(francs(0, 1000)).toBe(0);
    expect(francs(30_000_000, 1000)).toBe(30);
  });
});
