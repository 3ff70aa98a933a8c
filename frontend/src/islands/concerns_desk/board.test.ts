import { expect, test } from "vitest";
import type {
  BoardFacts,
  CommentReview,
  ConcernReview,
  SecondOpinion,
} from "../../generated/protocol";
import { factsOf, queueOf, sorted, type Matter } from "./board.svelte";

function concern(id: number, more: Partial<ConcernReview> = {}): Matter {
  const review = { id, state: "received", reviewed: true, reports: 0, risk: 0, submitted_at: id };
  return { kind: "concern", review: { ...review, ...more } as ConcernReview };
}

function comment(id: number, more: Partial<CommentReview> = {}): Matter {
  const review = { id, state: "published", reviewed: true, reports: 0, office: "" };
  return { kind: "comment", review: { ...review, ...more } as CommentReview };
}

const ASKED = { by: "a", by_name: "Sika", until: 9 } as SecondOpinion;

test("everything stands in one queue, a refusal that waits before all but what is set aside", () => {
  expect(queueOf(concern(1, { state: "pending" }))).toBe("waiting");
  expect(queueOf(concern(1, { state: "pending", second_opinion: ASKED }))).toBe("second");
  expect(queueOf(comment(1, { second_opinion: ASKED }))).toBe("second");
  expect(queueOf(concern(1, { state: "withdrawn", second_opinion: ASKED }))).toBe("aside");
  expect(queueOf(concern(1, { reports: 1, reviewed: false }))).toBe("reported");
  expect(queueOf(concern(1, { reports: 1 }))).toBe("public");
  expect(queueOf(concern(1, { state: "done" }))).toBe("public");
});

test("what the commune answered is nobody's to moderate", () => {
  expect(queueOf(comment(1, { office: "Voirie" }))).toBe(null);
});

test("a board that was opened before there were second opinions has them as it begins", () => {
  const old = { moderation: "before", comment_moderation: "after" } as BoardFacts;
  expect(factsOf(old)).toEqual({ ...old, second_opinion: true, second_opinion_hours: 48 });
  const off = { ...old, second_opinion: false, second_opinion_hours: 24 };
  expect(factsOf(off)).toEqual(off);
});

test("the refusal that runs out first is first", () => {
  const late = concern(1, { second_opinion: { ...ASKED, until: 20 } });
  const soon = comment(2, { second_opinion: { ...ASKED, until: 10 } });
  expect(sorted([late, soon]).second).toEqual([soon, late]);
});
