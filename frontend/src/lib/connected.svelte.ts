import type { CommandArgs, CommandName, Me, Stream, Ticket } from "../generated/protocol";
import type { Folded } from "./folded.svelte";
import { HttpError, request } from "./http";
import { may } from "./props";
import { Timeline, type Connection } from "./timeline/client";
import type { Result } from "./timeline/outbox";

/** What a page says of the timeline that it follows, and of who follows it. */
export interface Following {
  me: Me | null;
  stream: Stream;
  /** `ticket`: only for whoever is signed in. */
  urls: { ws: string; timeline: string; ticket?: string };
  language: string;
}

/** A page's live connection to a timeline, as components read it. */
export class Connected<F extends Folded> {
  readonly timeline: Timeline;
  connection = $state<Connection>("connecting");
  me = $state<Me | null>(null);
  /** Signed in when the page was made, and not any more. */
  signedOut = $state(false);
  /** The server's clock, to the second. Milliseconds since 1970. */
  now = $state(Date.now());
  #stops: (() => void)[] = [];

  constructor(
    /** What is known of it. */
    readonly folded: F,
    following: Following,
    /** `written`: no socket, and little to read. */
    options: { written?: boolean } = {},
  ) {
    this.me = following.me;
    const ticket = following.urls.ticket;
    this.timeline = new Timeline({
      ws: following.urls.ws,
      timeline: following.urls.timeline,
      stream: following.stream,
      language: following.language,
      ticket: ticket ? () => this.#ticket(ticket) : null,
      ...options,
    });
  }

  start(): void {
    this.folded.follow(this.timeline);
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
    this.folded.unfollow();
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
