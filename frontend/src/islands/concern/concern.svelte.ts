// A concern as its page reads it, followed live.

import type {
  CommentFacts,
  ConcernFacts,
  EntryFrame,
  EntryKind,
  Me,
  MyComment,
} from "../../generated/protocol";
import { happened } from "../../lib/concerns";
import { Connected } from "../../lib/connected.svelte";
import { Folded } from "../../lib/folded.svelte";
import { explain } from "../../lib/refusals";

/** What the page tells. `portal/concern_page.py` writes it. */
export interface Props {
  concern: number;
  me: Me | null;
  /** `ticket` and `push` for whoever is signed in, `signin` for the others. */
  urls: {
    page: string;
    ws: string;
    timeline: string;
    ticket?: string;
    push?: string;
    signin?: string;
  };
  language: string;
  /** For whom staff may speak, and before which sittings they may put it. */
  offices: string[];
  sittings: { id: string; title: string }[];
  history: EntryFrame[];
}

/** One line of what became of it. */
export interface Happening {
  seq: number;
  at: number;
  kind: EntryKind;
  by: string;
  state: ConcernFacts;
}

/** A comment and what was replied to it. */
export interface Thread {
  comment: CommentFacts;
  replies: CommentFacts[];
}

export class Concern extends Folded {
  constructor(readonly id: number) {
    super("concern");
  }

  readonly facts: ConcernFacts | undefined = $derived.by(() => this.family("concern").get(this.id));
  readonly supports: number = $derived.by(() => this.family("backing").get(this.id)?.supports ?? 0);
  readonly supported: boolean = $derived.by(
    () => this.mine("backing").get(this.id)?.supported ?? false,
  );
  readonly followed: boolean = $derived.by(
    () => this.mine("backing").get(this.id)?.followed ?? false,
  );
  /** Oldest first. A reply whose comment was taken back stands by itself. */
  readonly threads: Thread[] = $derived.by(() => {
    const all = [...this.family("comment").values()].sort((a, b) => a.at - b.at || a.id - b.id);
    const top = new Map<number, Thread>();
    for (const comment of all) {
      const parent = comment.parent === null ? undefined : top.get(comment.parent);
      if (parent) parent.replies.push(comment);
      else top.set(comment.id, { comment, replies: [] });
    }
    return [...top.values()];
  });
  readonly count: number = $derived.by(() => this.family("comment").size);
  /** One's own that waits, or was not published. */
  readonly own: MyComment[] = $derived.by(() => {
    const published = this.family("comment");
    return [...this.mine("comment").values()].filter(
      (one) => one.state !== "published" && !published.has(one.id),
    );
  });
}

/** How long what was pressed is shown before the server has said it. Milliseconds. */
const LINGER_MS = 2500;

export class Page extends Connected<Concern> {
  history = $state<Happening[]>([]);
  #guess = $state<{ supported: boolean; base: number } | null>(null);
  error = $state("");

  constructor(readonly props: Props) {
    super(new Concern(props.concern), { ...props, stream: "public" });
    this.#remember(props.history);
    this.timeline.onEntries((entries) => this.#remember(entries));
  }

  get concern(): Concern {
    return this.folded;
  }

  get supported(): boolean {
    return this.#guess?.supported ?? this.concern.supported;
  }

  get supports(): number {
    const said = this.concern.supports;
    if (!this.#guess || this.#guess.base !== said) return said;
    const change = Number(this.#guess.supported) - Number(this.concern.supported);
    return Math.max(0, said + change);
  }

  /** Shown at once, taken back when it is refused. */
  async support(): Promise<void> {
    if (this.#guess) return;
    const supported = !this.concern.supported;
    this.#guess = { supported, base: this.concern.supports };
    this.error = "";
    try {
      const command = supported ? "concern.support" : "concern.unsupport";
      await this.send(command, { concern: this.concern.id });
      setTimeout(() => (this.#guess = null), LINGER_MS);
    } catch (error) {
      this.#guess = null;
      this.error = explain(error);
    }
  }

  #remember(entries: readonly EntryFrame[]): void {
    const known = this.history.at(-1)?.seq ?? 0;
    for (const entry of entries) {
      if (entry.seq <= known || !happened(entry.kind as EntryKind) || !entry.state) continue;
      this.history.push({
        seq: entry.seq,
        at: entry.at,
        kind: entry.kind as EntryKind,
        by: entry.actor,
        state: entry.state as unknown as ConcernFacts,
      });
    }
  }
}
