// A commune's list of concerns, followed live on the public stream of its board.

import type {
  ConcernTally,
  EntryFrame,
  ListedConcern,
  ListedFacts,
} from "../../generated/protocol";
import { request } from "../../lib/http";
import { explain } from "../../lib/refusals";
import { Timeline, type Connection } from "../../lib/timeline/client";
import { Line } from "./lines";

/** What the page tells. `portal/concern_list.py` writes it. */
export interface Props {
  /** When the list was read. Milliseconds since 1970. */
  at: number;
  from: { epoch: string; seq: number };
  /** Empty: any. */
  narrowed: { category: string; state: string; arrondissement: string };
  urls: { ws: string; timeline: string; newest: string };
  language: string;
}

interface Outcome {
  result: { supports: number };
}

export class List {
  connection = $state<Connection>("connecting");
  /** Concerns that came since the page was read, and belong in it. */
  fresh = $state(0);
  /** Too much was missed to say what moved. */
  stale = $state(false);
  error = $state("");
  readonly #timeline: Timeline;
  readonly #lines = new Map<number, Line>();
  readonly #new = new Set<number>();
  /** Being pressed: the next press waits. */
  readonly #busy = new Set<number>();
  readonly #stops: (() => void)[] = [];

  constructor(readonly props: Props) {
    this.#timeline = new Timeline({
      ws: props.urls.ws,
      timeline: props.urls.timeline,
      stream: "public",
      language: props.language,
      from: props.from,
      // What moves here is public, and supporting goes over HTTP.
      ticket: null,
    });
  }

  start(): void {
    for (const row of document.querySelectorAll<HTMLElement>("[data-line]")) {
      const id = Number(row.dataset["line"]);
      const line = new Line(row);
      this.#lines.set(id, line);
      const button = line.button;
      if (button) button.onclick = (event) => this.#press(event, id, line);
    }
    this.#stops.push(
      this.#timeline.onConnection((connection) => (this.connection = connection)),
      this.#timeline.onEntries((entries) => entries.forEach((entry) => this.#entry(entry))),
      this.#timeline.onChange((change) => {
        // A snapshot says only what moved last.
        if (change === "all") this.stale = true;
        else for (const key of change) this.#count(key);
      }),
    );
    this.#timeline.start();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#timeline.stop();
  }

  #entry(entry: EntryFrame): void {
    if (entry.key !== "listed" || !entry.state) return;
    const { id, now } = entry.state as unknown as ListedConcern;
    const line = this.#lines.get(id);
    if (line) line.show(now);
    else if (now && now.published_at >= this.props.at && this.#belongs(now)) this.#new.add(id);
    else this.#new.delete(id);
    this.fresh = this.#new.size;
  }

  #belongs(facts: ListedFacts): boolean {
    const { category, state, arrondissement } = this.props.narrowed;
    return (
      (!category || facts.category === category) &&
      (!state || facts.state === state) &&
      (!arrondissement || String(facts.arrondissement) === arrondissement)
    );
  }

  #count(key: string): void {
    if (!key.startsWith("backing/")) return;
    const id = Number(key.slice("backing/".length));
    const tally = this.#timeline.get(key) as unknown as ConcernTally | undefined;
    this.#lines.get(id)?.ahead(tally?.supports ?? null);
  }

  #press(event: Event, id: number, line: Line): void {
    event.preventDefault();
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    void this.#support(id, line).finally(() => this.#busy.delete(id));
  }

  /** Shown at once, taken back when it is refused. */
  async #support(id: number, line: Line): Promise<void> {
    const pressed = !line.pressed;
    line.press(pressed);
    this.error = "";
    try {
      const method = pressed ? "PUT" : "DELETE";
      const answer = await request<Outcome>(`/api/v1/concerns/${id}/support`, { method });
      line.ahead(answer.result.supports);
    } catch (error) {
      line.press(!pressed);
      this.error = explain(error);
    }
  }
}
