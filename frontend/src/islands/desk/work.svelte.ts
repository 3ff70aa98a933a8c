import { tick } from "svelte";
import type { QuestionReview } from "../../generated/protocol";
import { t } from "../../lib/i18n";
import { explain } from "../../lib/refusals";
import { acts, type Act } from "./acts";
import type { Reason } from "./deciding.svelte";
import type { Desk, DialogName, SideName } from "./desk.svelte";
import { shortcut } from "./keys";
import type { Card } from "./questions";

/** What keys, thumb and pointer do at the desk. */
export class Work {
  /** What went wrong apart from any question. */
  error = $state("");
  /** Whether single keys decide. */
  keys = $state(true);
  /** Whether the tools stand beside the list. */
  wide = $state(true);
  /** Bring a row into view: where another one is, or just inside. */
  reveal: ((id: number, from: number | null) => Promise<void>) | null = null;
  search: HTMLInputElement | undefined;

  constructor(readonly desk: Desk) {}

  async select(id: number | null, from: number | null = null): Promise<void> {
    if (id === null) return;
    this.desk.selected = id;
    await this.reveal?.(id, from);
  }

  /** Do it. With keys or thumb one goes on to the next; the pointer stays where it is. */
  act(card: Card, what: Act, onwards: boolean): void {
    const { desk } = this;
    this.error = "";
    if (what === "reject" && !card.review.second_opinion) {
      desk.selected = card.id;
      desk.dialog = "reject";
      return;
    }
    const next = onwards ? desk.neighbour(1) : null;
    void desk.deciding.act(card.review, what);
    if (next !== null && !desk.stays(card, what)) void this.select(next, card.id);
  }

  /** Refuse, as it was `seen`; `all`: those that ask the same too. */
  async reject(card: Card, seen: QuestionReview, reason: Reason, all: boolean): Promise<boolean> {
    const { desk } = this;
    const next = desk.neighbour(1);
    const first = desk.deciding.act(seen, "reject", reason);
    const more = all ? card.others.map((one) => desk.deciding.act(one, "reject", reason)) : [];
    const done = await first;
    await Promise.all(more);
    // Whoever has moved on meanwhile stays where they are.
    if (done && next !== null && desk.selected === card.id) void this.select(next, card.id);
    return done;
  }

  merge(card: Card, onwards: boolean): void {
    const { desk } = this;
    this.error = "";
    desk.selected = card.id;
    const { merging } = desk;
    if (!merging) {
      desk.dialog = "merge";
      return;
    }
    const gone = merging.sources.some((review) => review.id === card.id);
    const next = onwards && gone ? desk.neighbour(1) : null;
    desk.marked = new Set();
    void desk.deciding.merge(merging.target, merging.sources);
    if (next !== null) void this.select(next, card.id);
  }

  async undo(): Promise<void> {
    this.error = "";
    const back = this.desk.deciding.done?.question ?? null;
    try {
      await this.desk.deciding.undo();
      if (back !== null && this.desk.shown.includes(back)) await this.select(back);
    } catch (problem) {
      this.error = explain(problem);
    }
  }

  newcomers(): void {
    this.desk.takeNewcomers();
    void this.select(this.desk.selected);
  }

  onwards(): void {
    const next = this.desk.neighbour(1) ?? this.desk.free(0, 1);
    if (next === null) this.newcomers();
    else void this.select(next);
  }

  open(name: DialogName): void {
    this.desk.dialog = name;
  }

  close(): void {
    this.desk.dialog = null;
  }

  /** Go to a field of the tools. */
  async look(side: SideName, field: string): Promise<void> {
    this.desk.side = side;
    if (!this.wide) this.open("side");
    await tick();
    document.getElementById(field)?.focus();
  }

  claim(card: Card): void {
    const { claims } = this.desk;
    const other = claims.other(card.id);
    if (claims.mine(card.id)) claims.release();
    else if (other) this.error = t("{name} is deciding this question.", { name: other.by_name });
    else this.desk.claim();
  }

  readonly pressed = (event: KeyboardEvent): void => {
    const { desk } = this;
    if (desk.dialog !== null) return;
    const wanted = this.keys || event.key === "?" ? shortcut(event) : null;
    if (!wanted) return;
    event.preventDefault();
    const card = desk.current;
    if ("act" in wanted) {
      if (!card) return;
      const possible = acts(card.review, desk.deciding.state(card.review), desk.me);
      const one = wanted.act.find((each) => possible.includes(each));
      if (one) this.act(card, one, true);
      return;
    }
    switch (wanted.do) {
      case "next":
        return void this.select(desk.neighbour(1));
      case "previous":
        return void this.select(desk.neighbour(-1));
      case "undo":
        return void this.undo();
      case "search":
        return this.search?.focus();
      case "newcomers":
        return this.newcomers();
      case "queue+":
        return desk.turn(1);
      case "queue-":
        return desk.turn(-1);
      case "legend":
        return this.open("legend");
      case "channel":
        return void this.look("channel", "channel-text");
    }
    if (!card) return;
    switch (wanted.do) {
      case "merge":
        return this.merge(card, true);
      case "choose":
        return this.open("merge");
      case "mark":
        return desk.toggle("marked", card.id);
      case "open":
        return desk.toggle("open", card.id);
      case "claim":
        return this.claim(card);
      case "forward":
        return this.open("forward");
      case "sanction":
        return this.open("sanction");
      case "note":
        return void this.look("question", "new-note");
      case "label":
        return void this.look("question", "new-label");
    }
  };
}
