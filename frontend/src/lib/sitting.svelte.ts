// A sitting as components read it. It follows one source, live or replayed; each family of keys is
// a map that is replaced when one of its keys changes, so that a tick of one counter touches
// nothing else.

import type {
  AgendaItemState,
  CommitmentState,
  ExposureState,
  KeyFamilies,
  LatestFamilies,
  MineFamilies,
  MyLevel,
  ParticipationState,
  PresenceState,
  PublicPoll,
  PublicQuestion,
  PublisherState,
  ReactionCounts,
  RulesState,
  ScreenState,
  SittingFacts,
  StreamState,
} from "../generated/protocol";
import type { SittingProps } from "./props";
import type { State } from "./timeline/fold";
import type { Change, Source } from "./timeline/source";

type Families = KeyFamilies & LatestFamilies;
type Family<T> = ReadonlyMap<number, T>;

/** "question/42" -> ["question", 42]; "sitting" -> ["sitting", 0]. */
export function split(key: string): [family: string, id: number] {
  const slash = key.lastIndexOf("/");
  return slash < 0 ? [key, 0] : [key.slice(0, slash), Number(key.slice(slash + 1))];
}

export class Sitting {
  #families = new Map<string, Family<State>>();
  #mine = new Map<string, Family<State>>();
  /** One number per family; reading it is what subscribes to that family. */
  #versions = $state<Record<string, number>>({});
  #source: Source | null = null;
  #leave: (() => void) | null = null;
  /** Whether anything is known yet. */
  known = $state(false);

  constructor(private readonly props: SittingProps) {}

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

  // --- what there is

  /** The facts of the sitting; before the first snapshot, what the page said. */
  readonly facts: SittingFacts = $derived.by(
    () =>
      this.#one("sitting") ?? {
        state: this.props.state,
        kind: this.props.kind,
        title: this.props.title,
        place: "",
        scheduled_at: this.props.scheduled_at,
        started_at: null,
        ended_at: null,
        rehearsal: this.props.rehearsal,
        questions_open: false,
      },
  );
  readonly agenda: AgendaItemState[] = $derived.by(() =>
    [...this.family("agenda").values()].sort((a, b) => a.position - b.position || a.id - b.id),
  );
  readonly item: AgendaItemState | undefined = $derived(
    this.agenda.find((item) => item.state === "open"),
  );
  readonly screen: ScreenState | undefined = $derived.by(() => this.#one("screen"));
  readonly stream: StreamState | undefined = $derived.by(() => this.#one("stream"));
  readonly publisher: PublisherState | undefined = $derived.by(() => this.#one("publisher"));
  readonly rules: RulesState = $derived.by(
    () => this.#one("rules") ?? { ...RULES, second_opinion: this.facts.kind === "hearing" },
  );
  readonly presence: PresenceState | undefined = $derived.by(() => this.#one("presence"));
  readonly participation: ParticipationState = $derived.by(
    () => this.#one("participation") ?? PARTICIPATION,
  );
  readonly reactions: ReactionCounts | undefined = $derived.by(() => this.#one("reactions"));
  readonly exposure: ExposureState | undefined = $derived.by(() => this.#one("exposure"));
  /** Promises made in this sitting, the newest first. */
  readonly commitments: CommitmentState[] = $derived.by(() =>
    [...this.family("commitment").values()].sort((a, b) => b.made_at - a.made_at || b.id - a.id),
  );
  /** What was promised before and still concerns this sitting. */
  readonly recalled: CommitmentState[] = $derived.by(() => {
    const own = this.family("commitment");
    return (this.#one("promises")?.items ?? []).filter((item) => !own.has(item.id));
  });
  /** Every level at which this person may act here. */
  readonly levels: MyLevel["levels"] = $derived.by(
    () => this.mine("level").get(0)?.levels ?? ["confirmed"],
  );
  readonly questions: PublicQuestion[] = $derived.by(() => [...this.family("question").values()]);
  /** The newest first. */
  readonly polls: PublicPoll[] = $derived.by(() =>
    [...this.family("poll").values()].sort((a, b) => b.opened_at - a.opened_at || b.id - a.id),
  );
  readonly shownQuestion: PublicQuestion | undefined = $derived.by(() => {
    const [family, id] = split(this.screen?.shows ?? "");
    return family === "question" ? this.family("question").get(id) : undefined;
  });
  readonly shownPoll: PublicPoll | undefined = $derived.by(() => {
    const [family, id] = split(this.screen?.shows ?? "");
    return family === "poll" ? this.family("poll").get(id) : undefined;
  });

  supports(question: number): number {
    return this.family("support").get(question)?.supports ?? 0;
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

  #one<F extends keyof Families & string>(name: F): Families[F] | undefined {
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
    if (this.#families.has("sitting")) this.known = true;
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

/** How questions are taken until somebody changes it; as `RulesState` in the protocol. */
const RULES: RulesState = {
  moderation: "before",
  slow_s: 0,
  signing: "free",
  second_opinion: false,
  second_opinion_minutes: 10,
  written_answers: 10,
  written_answer_days: 30,
  text_max: 500,
};

/** Who may take part until somebody changes it; as `ParticipationState` in the protocol. */
const PARTICIPATION: ParticipationState = { level: "confirmed", by_level: false, reactions: true };

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
