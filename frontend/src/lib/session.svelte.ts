import type { CommandArgs, CommandName, Me, Ticket } from "../generated/protocol";
import { HttpError, request } from "./http";
import { may, type Props } from "./props";
import { explain } from "./refusals";
import { Sitting } from "./sitting.svelte";
import { Timeline, type Connection } from "./timeline/client";
import type { Result } from "./timeline/outbox";

/** A page's live connection to its sitting, as components read it. */
export class Session {
  readonly sitting: Sitting;
  readonly timeline: Timeline;
  connection = $state<Connection>("connecting");
  me = $state<Me | null>(null);
  /** Signed in when the page was made, and not any more. */
  signedOut = $state(false);
  /** The server's clock, to the second. Milliseconds since 1970. */
  now = $state(Date.now());
  #stops: (() => void)[] = [];

  /** `written`: over HTTP alone, the little that one follows in writing. */
  constructor(
    readonly props: Props,
    { written = false } = {},
  ) {
    this.me = props.me;
    this.sitting = new Sitting(props.sitting);
    const ticket = props.urls.ticket;
    this.timeline = new Timeline({
      ws: props.urls.ws,
      timeline: props.urls.timeline,
      stream: props.stream,
      language: props.language,
      ticket: ticket ? () => this.#ticket(ticket) : null,
      written,
    });
  }

  start(): void {
    this.sitting.follow(this.timeline);
    this.#stops.push(
      this.timeline.onConnection((connection) => {
        this.connection = connection;
        if (this.timeline.me !== undefined) this.me = this.timeline.me;
      }),
    );
    const tick = setInterval(() => (this.now = this.timeline.now()), 1000);
    this.#stops.push(() => clearInterval(tick));
    this.timeline.start();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.sitting.unfollow();
    this.timeline.stop();
  }

  may(...roles: string[]): boolean {
    return may(this.me, ...roles);
  }

  /** Send a command; raises `Refused` through the promise. */
  send<C extends CommandName>(command: C, args: CommandArgs[C], id?: string): Promise<Result> {
    return this.timeline.send(command, args, id);
  }

  async #ticket(address: string): Promise<string | null> {
    try {
      const answer = await request<Ticket>(address, { method: "POST" });
      this.signedOut = false;
      return answer.ticket;
    } catch (error) {
      if (error instanceof HttpError && (error.status === 401 || error.status === 403)) {
        this.signedOut = true;
        return null;
      }
      throw error;
    }
  }
}

/** One thing being done at a time, with what went wrong. For buttons and forms. */
export class Doing {
  busy = $state(false);
  error = $state("");

  /** True when it was done. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.error = explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
