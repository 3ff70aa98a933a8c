import type { Manifest as Body, EntryFrame } from "../../generated/protocol";
import { Anchors, type Anchor } from "./anchors";
import { fold, type State, type States } from "./fold";
import { Listeners, type Change, type Source } from "./source";

/** What the server keeps of a sitting that is over (`GET …/manifest`). */
export type Manifest = Omit<Body, "anchors"> & { anchors: Anchor[] };

/** Entries between two kept states: what one seek backwards folds at most. */
const CHECKPOINT_EVERY = 200;
const NOBODY: ReadonlyMap<string, State> = new Map();

/** The fold driven by a playhead: the states as they were at that second. */
export class Replay implements Source {
  readonly anchors: Anchors;
  readonly entries: readonly EntryFrame[];
  readonly #checkpoints: States[] = [];
  readonly #changes = new Listeners<Change>();
  #states: States = new Map();
  /** How many entries are folded. */
  #folded = 0;

  constructor(readonly manifest: Manifest) {
    this.anchors = new Anchors(manifest.anchors);
    this.entries = manifest.entries;
    const states: States = new Map();
    this.entries.forEach((entry, index) => {
      if (index % CHECKPOINT_EVERY === 0) this.#checkpoints.push(new Map(states));
      fold([entry], states);
    });
    this.#states = states;
    this.#folded = this.entries.length;
  }

  get(key: string): State | undefined {
    return this.#states.get(key);
  }

  keys(): Iterable<string> {
    return this.#states.keys();
  }

  mine(): ReadonlyMap<string, State> {
    return NOBODY;
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Bring the states to `media` seconds of the recording, forwards or back. */
  seek(media: number): void {
    const over = this.anchors.empty || media >= this.manifest.duration_s - 0.05;
    this.#goTo(over ? this.entries.length : this.#count(this.anchors.wall(media)));
  }

  /** The states when everything was said. */
  end(): void {
    this.#goTo(this.entries.length);
  }

  /** Seconds of the recording at which `entry` happened, within its length. */
  when(entry: EntryFrame): number {
    return Math.min(this.anchors.media(entry.at), this.manifest.duration_s);
  }

  #goTo(count: number): void {
    if (count === this.#folded) return;
    if (count > this.#folded) {
      const passed = this.entries.slice(this.#folded, count);
      fold(passed, this.#states);
      this.#folded = count;
      this.#changes.tell(new Set(passed.map((entry) => entry.key)));
      return;
    }
    const checkpoint = Math.min(Math.floor(count / CHECKPOINT_EVERY), this.#checkpoints.length - 1);
    const kept = this.#checkpoints[checkpoint];
    const from = kept ? checkpoint * CHECKPOINT_EVERY : 0;
    this.#states = fold(this.entries.slice(from, count), new Map(kept ?? []));
    this.#folded = count;
    this.#changes.tell("all");
  }

  /** How many entries had happened at wall time `at`. Entries are in the order of their commit;
   * clocks may step back a little, so the last one that is not later decides. */
  #count(at: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#clock(middle) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Times made monotonous. */
  readonly #times: number[] = [];

  #clock(index: number): number {
    for (let next = this.#times.length; next <= index; next++) {
      this.#times.push(Math.max(this.#times[next - 1] ?? 0, this.entries[next]?.at ?? 0));
    }
    return this.#times[index] ?? 0;
  }
}
