import type { ClaimState, ReleaseThese as Claimable } from "../../generated/protocol";
import type { Connected } from "../connected.svelte";
import type { Folded } from "../folded.svelte";

/** Families of keys that say who is deciding what. */
const FAMILIES = ["claim", "concern_claim", "comment_claim"] as const;
type Family = (typeof FAMILIES)[number];

/** A claim holds for a minute; it is renewed at half of it. */
const RENEW_MS = 30_000;
/** Going quickly through the list claims nothing on the way. */
const PAUSE_MS = 200;
/** Whoever does nothing for so long is not there, and holds nobody back. */
const AWAY_MS = 120_000;

/** Who is deciding what. What I am looking at is mine, as long as I am there. `Item`: what a desk
 * knows its things by. */
export class Claims<Item> {
  #wanted: readonly Item[] = [];
  #pause: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setInterval> | undefined;
  /** When this moderator last did something; 0: nothing yet. */
  #active = 0;

  constructor(
    private readonly session: Connected<Folded>,
    /** Where it is said who is deciding it. */
    private readonly place: (item: Item) => [family: Family, id: number],
  ) {}

  /** Who else is deciding it. */
  other(item: Item): ClaimState | null {
    const claim = this.#held(item);
    return claim && claim.by !== this.session.me?.id ? claim : null;
  }

  mine(item: Item): ClaimState | null {
    const claim = this.#held(item);
    return claim && claim.by === this.session.me?.id ? claim : null;
  }

  #held(item: Item): ClaimState | null {
    const [family, id] = this.place(item);
    const claim = this.session.folded.family(family).get(id);
    return claim && claim.until > this.session.now ? claim : null;
  }

  #all(): ClaimState[] {
    return FAMILIES.flatMap((name) => [...this.session.folded.family(name).values()]);
  }

  /** Others who decide at this moment, by name, with how much they hold. */
  readonly colleagues: readonly { id: string; name: string; n: number }[] = $derived.by(() => {
    const found = new Map<string, { id: string; name: string; n: number }>();
    for (const claim of this.#all()) {
      if (claim.by === this.session.me?.id || claim.until <= this.session.now) continue;
      const one = found.get(claim.by) ?? { id: claim.by, name: claim.by_name, n: 0 };
      found.set(claim.by, { ...one, n: one.n + 1 });
    }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
  });

  start(): () => void {
    this.#renewal = setInterval(() => this.#claim(), RENEW_MS);
    const awake = (): void => {
      const first = this.#active === 0 || Date.now() - this.#active > AWAY_MS;
      this.#active = Date.now();
      if (first) this.#soon();
    };
    const leave = (): void => this.release();
    const seen = (): void => (document.hidden ? this.#let() : this.#soon());
    window.addEventListener("keydown", awake);
    window.addEventListener("pointerdown", awake);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(this.#renewal);
      clearTimeout(this.#pause);
      window.removeEventListener("keydown", awake);
      window.removeEventListener("pointerdown", awake);
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", seen);
    };
  }

  /** These are what this moderator looks at now, the first of them first; none: nothing. */
  want(items: readonly Item[]): void {
    const same =
      items.length === this.#wanted.length &&
      items.every((item, index) => String(this.place(item)) === this.#key(index));
    this.#wanted = items;
    if (same) return;
    if (items.length > 0) this.#soon();
    else this.#let();
  }

  #key(index: number): string {
    const item = this.#wanted[index];
    return item === undefined ? "" : String(this.place(item));
  }

  release(): void {
    this.#wanted = [];
    this.#let();
  }

  #soon(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#claim(), PAUSE_MS);
  }

  #let(): void {
    clearTimeout(this.#pause);
    // One that is still under way is let go of when it is answered.
    if (this.#all().some((claim) => claim.by === this.session.me?.id)) this.#release();
  }

  #claim(): void {
    const here = !document.hidden && Date.now() - this.#active < AWAY_MS;
    const free = this.#wanted.filter((item) => this.other(item) === null).slice(0, 50);
    if (!here || free.length === 0 || this.session.connection !== "live") return;
    const args = { ...these(free.map(this.place)), keep: false };
    void this.session.send("review.claim", args).then(
      () => this.#wanted.length === 0 && this.#release(),
      // Who was faster is seen live; there is nothing to say about it.
      () => undefined,
    );
  }

  #release(): void {
    void this.session.send("review.release", these([])).catch(() => undefined);
  }
}

/** What commands name, from where it is said who decides it. */
function these(places: readonly [Family, number][]): Claimable {
  const named = (wanted: Family): number[] =>
    places.filter(([family]) => family === wanted).map(([, id]) => id);
  return {
    questions: named("claim"),
    concerns: named("concern_claim"),
    comments: named("comment_claim"),
  };
}
