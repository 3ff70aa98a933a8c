// A timeline as components read it: each family of keys is a map that is replaced when one of its
// keys changes, so that a tick of one counter touches nothing else. It follows one source, live or
// replayed.

import type { KeyFamilies, LatestFamilies, MineFamilies } from "../generated/protocol";
import type { State } from "./timeline/fold";
import type { Change, Source } from "./timeline/source";

type Families = KeyFamilies & LatestFamilies;
export type Family<T> = ReadonlyMap<number, T>;

/** "question/42" -> ["question", 42]; "sitting" -> ["sitting", 0]. */
export function split(key: string): [family: string, id: number] {
  const slash = key.lastIndexOf("/");
  return slash < 0 ? [key, 0] : [key.slice(0, slash), Number(key.slice(slash + 1))];
}

export class Folded {
  #families = new Map<string, Family<State>>();
  #mine = new Map<string, Family<State>>();
  /** One number per family; reading it is what subscribes to that family. */
  #versions = $state<Record<string, number>>({});
  #source: Source | null = null;
  #leave: (() => void) | null = null;
  /** Whether anything is known yet. */
  known = $state(false);

  /** `anchor`: the family that every timeline of this kind has. */
  constructor(private readonly anchor: string) {}

  /** Follow `source` instead of what was followed before. */
  follow(source: Source): void {
    this.#leave?.();
    this.#source = source;
    this.#leave = source.onChange((change) => this.#change(change));
    this.#change("all");
  }

  unfollow(): void {
    this.#leave?.();
    this.#leave = null;
  }

  /** Every state of a family, by id. */
  family<F extends keyof Families & string>(name: F): Family<Families[F]> {
    void this.#versions[name];
    return (this.#families.get(name) ?? EMPTY) as unknown as Family<Families[F]>;
  }

  /** What concerns this person alone, by id. */
  mine<F extends keyof MineFamilies & string>(name: F): Family<MineFamilies[F]> {
    void this.#versions[`mine:${name}`];
    return (this.#mine.get(name) ?? EMPTY) as unknown as Family<MineFamilies[F]>;
  }

  /** The state of a family that has one key. */
  protected one<F extends keyof Families & string>(name: F): Families[F] | undefined {
    return this.family(name).get(0);
  }

  // --- following

  #change(change: Change): void {
    const source = this.#source;
    if (!source) return;
    const touched = new Set<string>();
    if (change === "all") {
      for (const name of this.#families.keys()) touched.add(name);
      this.#families = gather(source.keys(), (key) => source.get(key));
      for (const name of this.#families.keys()) touched.add(name);
    } else {
      update(this.#families, change, (key) => source.get(key), touched);
    }
    this.#readMine(change, source.mine(), touched);
    for (const name of touched) this.#versions[name] = (this.#versions[name] ?? 0) + 1;
    if (this.#families.has(this.anchor)) this.known = true;
  }

  /** Little enough to be read again as a whole, when it may have changed. */
  #readMine(change: Change, mine: ReadonlyMap<string, State>, touched: Set<string>): void {
    const before = this.#mine;
    const concerned = (key: string): boolean => {
      const [name, id] = split(key);
      return mine.has(key) || !!before.get(name)?.has(id);
    };
    if (change !== "all" && ![...change].some(concerned)) return;
    this.#mine = gather(mine.keys(), (key) => mine.get(key));
    for (const name of [...before.keys(), ...this.#mine.keys()]) touched.add(`mine:${name}`);
  }
}

const EMPTY: Family<State> = new Map();
type Lookup = (key: string) => State | undefined;

function gather(keys: Iterable<string>, get: Lookup): Map<string, Family<State>> {
  const families = new Map<string, Map<number, State>>();
  for (const key of keys) {
    const [name, id] = split(key);
    const state = get(key);
    if (!state) continue;
    const family = families.get(name);
    if (family) family.set(id, state);
    else families.set(name, new Map([[id, state]]));
  }
  return families;
}

function update(
  families: Map<string, Family<State>>,
  keys: ReadonlySet<string>,
  get: Lookup,
  touched: Set<string>,
): void {
  const copies = new Map<string, Map<number, State>>();
  for (const key of keys) {
    const [name, id] = split(key);
    const copy = copies.get(name) ?? new Map(families.get(name));
    copies.set(name, copy);
    const state = get(key);
    if (state) copy.set(id, state);
    else copy.delete(id);
  }
  for (const [name, copy] of copies) {
    families.set(name, copy);
    touched.add(name);
  }
}
