import { describe, expect, it } from "vitest";
import { choices, francs, francsPerHour, megabytesPerHour, offered, USUAL } from "./cost";

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
      given: "full",
    });
  });

  it("names an upright picture by its short side", () => {
    const upright = "#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=540x960\nvideo.m3u8";
    expect(offered(upright).pictures[0]?.height).toBe(540);
  });

  it("is the usual where the playlist says nothing", () => {
    expect(offered("#EXTM3U\n")).toEqual(USUAL);
  });

  it("says what the hall's own line has room for", () => {
    const full = '#EXT-X-SESSION-DATA:DATA-ID="palabre.uplink",VALUE="full"\n';
    const small = `${full}#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=426x240\n240p.m3u8`;
    expect(offered(small)).toMatchObject({ given: "low", pictures: [{ height: 240 }] });
    const sound = `${full}#EXT-X-STREAM-INF:BANDWIDTH=42000,CODECS="mp4a.40.2"\naudio.m3u8`;
    expect(offered(sound)).toEqual({ given: "sound", pictures: [], sound: 42_000 });
  });

  it("offers no picture that the line has no room for", () => {
    const both = { has_audio: true, has_video: true };
    expect(choices(both, USUAL, false)).toEqual(["picture", "sound"]);
    expect(choices(both, USUAL, true)).toEqual(["sound", "picture"]);
    expect(choices(both, { ...USUAL, given: "sound" }, false)).toEqual(["sound"]);
    expect(choices({ has_audio: true, has_video: false }, USUAL, false)).toEqual(["sound"]);
    expect(choices(undefined, USUAL, false)).toEqual([]);
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
