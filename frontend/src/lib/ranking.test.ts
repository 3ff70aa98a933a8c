import { describe, expect, it } from "vitest";
import type { PublicQuestion } from "../generated/protocol";
import { attention, matches, ranked, rise } from "./ranking";

const MINUTE = 60_000;

function question(id: number, state: PublicQuestion["state"], published_at = id): PublicQuestion {
  return {
    id,
    state,
    published_at,
    text: `question ${id}`,
    signature: "",
    agenda_item: null,
    submitted_at: published_at,
    answered_at: null,
    relatives: 0,
    answer: null,
    answer_due: null,
  };
}

describe("what rises", () => {
  const exposure = { at: 0, people: 30, person_minutes: 600 };

  it("lets attention grow with the people present", () => {
    expect(attention(exposure, 2 * MINUTE)).toBe(660);
    expect(attention(undefined, MINUTE)).toBe(0);
  });

  it("prefers a late question with fewer supports that was seen far less", () => {
    const early = { supports: 20, levels: {}, seen_from: 0 };
    const late = { supports: 6, levels: {}, seen_from: 590 };
    expect(rise(late, exposure, 0)).toBeGreaterThan(rise(early, exposure, 0));
    expect(rise(early, exposure, 0)).toBeCloseTo(20 / 630);
  });

  it("does not let the first support in an empty room beat everything", () => {
    const first = { supports: 1, levels: {}, seen_from: 0 };
    expect(rise(first, { at: 0, people: 1, person_minutes: 0 }, 0)).toBeCloseTo(1 / 10);
    expect(rise(undefined, exposure, 0)).toBe(0);
  });
});

describe("order", () => {
  const all = [question(1, "approved"), question(2, "answered"), question(3, "on_screen")];
  const worth: Record<number, number> = { 1: 5, 2: 50, 3: 1 };

  it("puts what is on screen first and what was answered last", () => {
    const ids = ranked(all, "support", (one) => worth[one.id] ?? 0).map((one) => one.id);
    expect(ids).toEqual([3, 1, 2]);
  });

  it("goes by time alone for the newest", () => {
    expect(ranked(all, "newest", () => 0).map((one) => one.id)).toEqual([3, 2, 1]);
  });
});

describe("search", () => {
  it("does not mind accents, case or the order of words", () => {
    expect(matches("Où en est le MARCHÉ de Dantokpa ?", "dantokpa marche")).toBe(true);
    expect(matches("Où en est le marché ?", "école")).toBe(false);
    expect(matches("n'importe quoi", "")).toBe(true);
  });
});
