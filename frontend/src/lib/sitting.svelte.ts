// A sitting as components read it.

import type {
  AgendaItemState,
  CommitmentState,
  ExposureState,
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
import { Folded, split } from "./folded.svelte";
import type { SittingProps } from "./props";

export { split };

export class Sitting extends Folded {
  constructor(private readonly props: SittingProps) {
    super("sitting");
  }

  // --- what there is

  /** The facts of the sitting; before the first snapshot, what the page said. */
  readonly facts: SittingFacts = $derived.by(
    () =>
      this.one("sitting") ?? {
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
  readonly screen: ScreenState | undefined = $derived.by(() => this.one("screen"));
  readonly stream: StreamState | undefined = $derived.by(() => this.one("stream"));
  readonly publisher: PublisherState | undefined = $derived.by(() => this.one("publisher"));
  readonly rules: RulesState = $derived.by(
    () => this.one("rules") ?? { ...RULES, second_opinion: this.facts.kind === "hearing" },
  );
  readonly presence: PresenceState | undefined = $derived.by(() => this.one("presence"));
  readonly participation: ParticipationState = $derived.by(
    () => this.one("participation") ?? PARTICIPATION,
  );
  readonly reactions: ReactionCounts | undefined = $derived.by(() => this.one("reactions"));
  readonly exposure: ExposureState | undefined = $derived.by(() => this.one("exposure"));
  /** Promises made in this sitting, the newest first. */
  readonly commitments: CommitmentState[] = $derived.by(() =>
    [...this.family("commitment").values()].sort((a, b) => b.made_at - a.made_at || b.id - a.id),
  );
  /** What was promised before and still concerns this sitting. */
  readonly recalled: CommitmentState[] = $derived.by(() => {
    const own = this.family("commitment");
    return (this.one("promises")?.items ?? []).filter((item) => !own.has(item.id));
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
