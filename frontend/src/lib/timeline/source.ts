import type { State } from "./fold";

/** Keys that changed, or all of them. */
export type Change = ReadonlySet<string> | "all";

/** Where a view reads states: a live timeline or a replayed one. */
export interface Source {
  /** The present state of a key of the timeline, latest values included. */
  get(key: string): State | undefined;
  /** Every key that has a state. */
  keys(): Iterable<string>;
  /** What concerns this person alone. */
  mine(): ReadonlyMap<string, State>;
  /** Called after each change; returns how to stop. */
  onChange(listener: (change: Change) => void): () => void;
}

/** A set of listeners. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) listener(value);
  }
}
