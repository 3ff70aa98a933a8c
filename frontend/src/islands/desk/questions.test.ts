import { describe, expect, it } from "vitest";
import type { GroupState, QuestionReview } from "../../generated/protocol";
import { cards, plain, stand, type Filter, type Sources } from "./questions";

function review(id: number, more: Partial<QuestionReview> = {}): QuestionReview {
  return {
    id,
    text: `Question ${id}`,
    signature: "",
    author: "Afi",
    person: "p",
    agenda_item: null,
    state: "pending",
    reviewed: false,
    revision: 1,
    code: null,
    reason: "",
    submitted_at: id,
    published_at: null,
    answered_at: null,
    merged_into: null,
    relatives: 0,
    flags: [],
    risk: 0,
    reports: 0,
    labels: [],
    notes: 0,
    forwarded: null,
    second_opinion: null,
    answer: null,
    answer_due: null,
    ...more,
  };
}

const ALL: Filter = { item: null, person: null, words: [] };

function sources(
  reviews: readonly QuestionReview[],
  groups: readonly GroupState[] = [],
  supports: Record<number, number> = {},
): Sources {
  const byId = new Map(reviews.map((one) => [one.id, one]));
  const state = (one: QuestionReview): QuestionReview["state"] => one.state;
  return {
    reviews: byId,
    standing: stand(byId, state),
    groups,
    state,
    supports: (id) => supports[id] ?? 0,
  };
}

const ids = (found: readonly { id: number }[]): number[] => found.map((one) => one.id);

describe("queues", () => {
  it("are in the order that each is for", () => {
    const flagged = { flags: [{ code: "phone" as const, excerpt: "97" }] };
    const all = sources([
      review(3, { ...flagged, risk: 35 }),
      review(1),
      review(2, { ...flagged, risk: 80 }),
    ]);
    expect(ids(cards("waiting", ALL, all))).toEqual([1, 2, 3]);
    expect(ids(cards("newest", ALL, all))).toEqual([3, 2, 1]);
    expect(ids(cards("risk", ALL, all))).toEqual([2, 3]);
  });

  it("hold what waits, and what was published before anybody looked", () => {
    const all = sources([
      review(1),
      review(2, { state: "approved", reviewed: false }),
      review(3, { state: "approved", reviewed: true }),
      review(4, {
        second_opinion: {
          by: "m",
          by_name: "M",
          code: "off_topic",
          reason: "",
          asked_at: 0,
          until: 9,
        },
      }),
    ]);
    expect(ids(cards("waiting", ALL, all))).toEqual([1, 2]);
    expect(ids(cards("second", ALL, all))).toEqual([4]);
    const n = Object.fromEntries(Object.entries(all.standing).map(([k, v]) => [k, v.length]));
    expect(n).toMatchObject({ waiting: 2, second: 1, published: 2, closed: 0 });
  });

  it("put the chosen and the most supported first", () => {
    const published = { state: "approved" as const, reviewed: true };
    const all = sources(
      [
        review(1, published),
        review(2, published),
        review(3, { ...published, state: "highlighted" }),
      ],
      [],
      { 2: 9, 3: 1 },
    );
    expect(ids(cards("published", ALL, all))).toEqual([3, 2, 1]);
  });

  it("are searched without accents, by item and by person", () => {
    const all = sources([
      review(1, { text: "L'École de Fidjrossè", agenda_item: 7 }),
      review(2, { text: "le marché", person: "q" }),
    ]);
    expect(ids(cards("waiting", { ...ALL, words: [plain("ÉCOLE"), "fidj"] }, all))).toEqual([1]);
    expect(ids(cards("waiting", { ...ALL, item: 7 }, all))).toEqual([1]);
    expect(ids(cards("waiting", { ...ALL, item: 0 }, all))).toEqual([2]);
    expect(ids(cards("waiting", { ...ALL, person: "q" }, all))).toEqual([2]);
  });
});

describe("questions that ask the same", () => {
  const group = { id: 1, questions: [1, 2, 3, 4] };

  it("are one card, which names what was published already", () => {
    const published = review(1, { state: "approved", reviewed: true });
    const all = sources(
      [published, review(2), review(3), review(4, { state: "rejected" })],
      [group],
    );
    const [card, ...more] = cards("waiting", ALL, all);
    expect(more).toEqual([]);
    expect(card?.id).toBe(2);
    expect(ids(card?.others ?? [])).toEqual([3]);
    expect(card?.asked).toBe(published);
  });

  it("keep their card as long as nothing changes", () => {
    const all = [review(2), review(3), review(9)];
    const first = cards("waiting", ALL, sources(all, [group]));
    const before = new Map(first.map((card) => [card.id, card]));
    const again = cards("waiting", ALL, sources([...all, review(10)], [{ ...group }]), before);
    expect(again[0]).toBe(first[0]);
    const more = cards("waiting", ALL, sources([...all, review(4)], [group]), before);
    expect(more[0]).not.toBe(first[0]);
    expect(more[0]?.id).toBe(2);
  });

  it("stand by themselves once decided", () => {
    const all = sources([review(1, { state: "merged", merged_into: 2 }), review(2)], [group]);
    expect(ids(cards("closed", ALL, all))).toEqual([1]);
    expect(cards("waiting", ALL, all)[0]?.others).toEqual([]);
  });
});
