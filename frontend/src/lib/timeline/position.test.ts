import { expect, test } from "vitest";
import type { EntriesFrame } from "../../generated/protocol";
import { Gap, Position } from "./position";

function entries(...seqs: number[]): EntriesFrame {
  return {
    type: "entries",
    timeline: "t",
    epoch: "e",
    stream: "public",
    entries: seqs.map((seq) => ({
      seq,
      at: seq,
      kind: "listed.changed",
      key: "listed",
      state: { id: seq, now: null },
      actor: "citizen",
    })),
  };
}

test("who begins where a page stood asks for what came after, and takes no more than that", () => {
  const position = new Position();
  position.begin({ epoch: "e", seq: 7 }, "public");
  expect(position.query("public")).toEqual({ stream: "public", since: "7", epoch: "e" });
  const { fresh } = position.entries(entries(6, 7, 8, 9));
  expect(fresh.map((entry) => entry.seq)).toEqual([8, 9]);
  expect(() => position.entries(entries(11))).toThrow(Gap);
});
