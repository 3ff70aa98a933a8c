// Made by `manage.py protocol` from the Pydantic models and the registry. Do not edit.

/**
 * Which counter the positions of a frame belong to.
 */
export type Stream = "public" | "staff";
/**
 * Stable codes; `docs/protocol.md` lists them. Messages are in `live.transport.wording`.
 */
export type ErrorCode =
  | "malformed"
  | "unknown_command"
  | "invalid"
  | "too_large"
  | "too_often"
  | "busy"
  | "sign_in"
  | "forbidden"
  | "not_found"
  | "wrong_state"
  | "conflict"
  | "already_voted"
  | "questions_closed"
  | "poll_closed"
  | "closed_doors"
  | "expired"
  | "internal";
/**
 * What the media process does with what a publisher sends.
 */
export type MediaMode = "preview" | "live" | "paused" | "closed_doors" | "ended" | "purged";

/**
 * Every model by its name.
 */
export interface Models {
  AckFrame: AckFrame;
  AgendaItemState: AgendaItemState;
  AgendaRef: AgendaRef;
  CastBallot: CastBallot;
  CommandFrame: CommandFrame;
  CreatePoll: CreatePoll;
  EntriesFrame: EntriesFrame;
  EntryFrame: EntryFrame;
  ErrorCode: ErrorCode;
  LatestFrame: LatestFrame;
  Manifest: Manifest;
  Me: Me;
  MediaMode: MediaMode;
  MediaReport: MediaReport;
  MediaStatus: MediaStatus;
  MineFrame: MineFrame;
  MyBallot: MyBallot;
  MyQuestion: MyQuestion;
  MySupport: MySupport;
  NoArguments: NoArguments;
  PollOptionState: PollOptionState;
  PollRef: PollRef;
  PollTally: PollTally;
  PreparedPoll: PreparedPoll;
  PresenceState: PresenceState;
  PreviewAddress: PreviewAddress;
  PublicPoll: PublicPoll;
  PublicQuestion: PublicQuestion;
  PublishToken: PublishToken;
  PublisherState: PublisherState;
  PublisherStatus: PublisherStatus;
  QuestionRef: QuestionRef;
  QuestionReview: QuestionReview;
  QuestionTally: QuestionTally;
  RefusedFrame: RefusedFrame;
  RejectQuestion: RejectQuestion;
  ScreenState: ScreenState;
  SittingFacts: SittingFacts;
  SnapshotFrame: SnapshotFrame;
  Stream: Stream;
  StreamState: StreamState;
  SubmitQuestion: SubmitQuestion;
  Ticket: Ticket;
  WelcomeFrame: WelcomeFrame;
}
/**
 * Command `id` is done and durable.
 */
export interface AckFrame {
  type: "ack";
  id: string;
  result: {
    [k: string]: unknown;
  };
}
/**
 * Key `agenda/<id>`.
 */
export interface AgendaItemState {
  id: number;
  position: number;
  title: string;
  presenter: string;
  minutes: number | null;
  state: "pending" | "open" | "closed";
  opened_at: number | null;
  closed_at: number | null;
}
export interface AgendaRef {
  item: number;
}
export interface CastBallot {
  poll: number;
  option: number;
}
/**
 * A command. `id` is chosen by the client and makes sending twice harmless.
 */
export interface CommandFrame {
  id: string;
  command: string;
  args?: {
    [k: string]: unknown;
  };
}
export interface CreatePoll {
  prompt: string;
  /**
   * @minItems 2
   * @maxItems 10
   */
  options: string[];
  secret?: boolean;
}
/**
 * Consecutive entries. The first follows the client's position, or the client asks again.
 */
export interface EntriesFrame {
  type: "entries";
  timeline: string;
  epoch: string;
  stream: Stream;
  entries: EntryFrame[];
}
/**
 * One fact. `at` is in milliseconds since 1970 (UTC), the server's clock.
 */
export interface EntryFrame {
  seq: number;
  at: number;
  kind: string;
  key: string;
  state: {
    [k: string]: unknown;
  } | null;
  actor: string;
}
/**
 * Values of high-rate keys (tallies, presence), without position: the last one counts.
 */
export interface LatestFrame {
  type: "latest";
  timeline: string;
  values: {
    [k: string]: {
      [k: string]: unknown;
    } | null;
  };
}
/**
 * What a replay needs, one cacheable document. Its name changes with `epoch`.
 */
export interface Manifest {
  sitting: string;
  timeline: string;
  epoch: string;
  seq: number;
  duration_s: number;
  has_video: boolean;
  has_audio: boolean;
  anchors: unknown[][];
  entries: EntryFrame[];
}
/**
 * The person behind this connection.
 */
export interface Me {
  id: string;
  name: string;
  roles: string[];
}
/**
 * `status` is null when the media process does not answer.
 */
export interface MediaReport {
  status: MediaStatus | null;
  bitrate: number;
  seconds_left: number | null;
  enough: boolean | null;
}
/**
 * What media knows of one sitting. Answer to `PUT` and `GET /control/sittings/<id>`.
 */
export interface MediaStatus {
  sitting: string;
  version: number;
  mode: MediaMode;
  publisher: PublisherStatus | null;
  recorded_s: number;
  recorded_bytes: number;
  disk_free: number;
}
/**
 * A publisher that is connected now, or was until `interrupted`.
 */
export interface PublisherStatus {
  connected_at: number;
  interrupted: boolean;
  has_video: boolean;
  has_audio: boolean;
  width: number | null;
  height: number | null;
  bitrate: number;
}
/**
 * What concerns this person alone: pending questions, supports, votes. Read again on
 * reconnect; `whole` says that keys not named are gone.
 */
export interface MineFrame {
  type: "mine";
  timeline: string;
  whole: boolean;
  values: {
    [k: string]: {
      [k: string]: unknown;
    } | null;
  };
}
/**
 * `mine` value `ballot/<id>`: I have voted in that poll. Never for what, when it is secret.
 */
export interface MyBallot {
  voted: boolean;
  option: number | null;
}
/**
 * `mine` value `question/<id>`: one's own question, whatever its state.
 */
export interface MyQuestion {
  id: number;
  text: string;
  state: "pending" | "approved" | "on_screen" | "answered" | "rejected" | "withdrawn";
  reason: string;
  submitted_at: number;
}
/**
 * `mine` value `support/<id>`: I support that question.
 */
export interface MySupport {
  supported: boolean;
}
/**
 * Arguments of a command that takes none.
 */
export interface NoArguments {}
export interface PollOptionState {
  id: number;
  label: string;
}
export interface PollRef {
  poll: number;
}
/**
 * Key `tally/<id>`, and latest value of the same name: votes of `poll/<id>`.
 *
 * `votes` maps the id of an option to its count. While a secret poll is open it moves in steps
 * of ten voters or more, and is empty before the first step.
 */
export interface PollTally {
  voters: number;
  votes: {
    [k: string]: number;
  };
  final: boolean;
}
/**
 * Key `prepared/<id>` (staff): a poll that is not open yet.
 */
export interface PreparedPoll {
  id: number;
  prompt: string;
  options: PollOptionState[];
  secret: boolean;
}
/**
 * Latest value `presence`: people connected now (people, not tabs).
 */
export interface PresenceState {
  people: number;
}
export interface PreviewAddress {
  hls_url: string;
}
/**
 * Key `poll/<id>`: a poll that was opened.
 */
export interface PublicPoll {
  id: number;
  prompt: string;
  options: PollOptionState[];
  secret: boolean;
  state: "open" | "closed";
  opened_at: number;
  closed_at: number | null;
}
/**
 * Key `question/<id>`: a published question. `signature` is empty for one without a name.
 */
export interface PublicQuestion {
  id: number;
  text: string;
  signature: string;
  agenda_item: number | null;
  state: "approved" | "on_screen" | "answered";
  submitted_at: number;
  published_at: number;
  answered_at: number | null;
}
/**
 * What a WHIP publisher needs (RFC 9725).
 */
export interface PublishToken {
  whip_url: string;
  token: string;
  ice_servers: {
    [k: string]: unknown;
  }[];
}
/**
 * Key `publisher` (staff): who feeds the sitting.
 */
export interface PublisherState {
  status: "absent" | "connected" | "interrupted";
  has_video: boolean;
  has_audio: boolean;
  width: number | null;
  height: number | null;
}
export interface QuestionRef {
  question: number;
}
/**
 * Key `review/<id>` (staff): a question as moderators see it.
 */
export interface QuestionReview {
  id: number;
  text: string;
  signature: string;
  author: string | null;
  agenda_item: number | null;
  state: "pending" | "approved" | "on_screen" | "answered" | "rejected" | "withdrawn";
  reason: string;
  submitted_at: number;
}
/**
 * Key `support/<id>`, and latest value of the same name: how many support `question/<id>`.
 */
export interface QuestionTally {
  supports: number;
}
/**
 * Command `id` (or what could not be read, `null`) was refused; nothing of it was kept.
 */
export interface RefusedFrame {
  type: "refused";
  id: string | null;
  code: ErrorCode;
  message: string;
  field: string | null;
  retry_after: number | null;
}
export interface RejectQuestion {
  question: number;
  reason: string;
}
/**
 * Key `screen`: the key that is shown big to the room, if any (`question/7`, `poll/3`).
 */
export interface ScreenState {
  shows: string | null;
}
/**
 * Key `sitting`. Times in milliseconds since 1970.
 */
export interface SittingFacts {
  state:
    "draft" | "scheduled" | "live" | "paused" | "closed_doors" | "ended" | "archived" | "cancelled";
  kind: "council" | "hearing";
  title: string;
  place: string;
  scheduled_at: number;
  started_at: number | null;
  ended_at: number | null;
  rehearsal: boolean;
  questions_open: boolean;
}
/**
 * The present state of every key, at position `seq`.
 */
export interface SnapshotFrame {
  type: "snapshot";
  timeline: string;
  epoch: string;
  stream: Stream;
  seq: number;
  at: number;
  states: {
    [k: string]: {
      [k: string]: unknown;
    } | null;
  };
}
/**
 * Key `stream`: what viewers should know of the video.
 *
 * `off`: nothing to play yet; `on`; `interrupted`: the publisher vanished, playback goes on by
 * itself when it is back; `full`: the disk is full, nothing is being recorded.
 */
export interface StreamState {
  status: "off" | "on" | "interrupted" | "full";
  has_video: boolean;
  has_audio: boolean;
}
export interface SubmitQuestion {
  text: string;
  agenda_item?: number | null;
  signed?: boolean;
}
export interface Ticket {
  ticket: string;
  expires_in: number;
}
export interface WelcomeFrame {
  type: "welcome";
  timeline: string;
  stream: Stream;
  me: Me | null;
  now: number;
  heartbeat_s: number;
}

export type ServerFrame = WelcomeFrame | SnapshotFrame | EntriesFrame | LatestFrame | MineFrame | AckFrame | RefusedFrame;

/** State of each family of keys. */
export interface KeyFamilies {
  "question": PublicQuestion;
  "support": QuestionTally;
  "review": QuestionReview;
  "poll": PublicPoll;
  "tally": PollTally;
  "prepared": PreparedPoll;
  "sitting": SittingFacts;
  "agenda": AgendaItemState;
  "screen": ScreenState;
  "stream": StreamState;
  "publisher": PublisherState;
}

/** Values that come without position. */
export interface LatestFamilies {
  "presence": PresenceState;
}

/** Values that concern one person alone. */
export interface MineFamilies {
  "question": MyQuestion;
  "support": MySupport;
  "ballot": MyBallot;
}

/** Arguments of each command. */
export interface CommandArgs {
  "agenda.close": AgendaRef;
  "agenda.open": AgendaRef;
  "agenda.reopen": AgendaRef;
  "agenda.revert": AgendaRef;
  "ballot.cast": CastBallot;
  "poll.close": PollRef;
  "poll.open": PollRef;
  "poll.prepare": CreatePoll;
  "poll.remove": PollRef;
  "question.answer": QuestionRef;
  "question.approve": QuestionRef;
  "question.reject": RejectQuestion;
  "question.reopen": QuestionRef;
  "question.show": QuestionRef;
  "question.submit": SubmitQuestion;
  "question.support": QuestionRef;
  "question.unshow": QuestionRef;
  "question.unsupport": QuestionRef;
  "question.withdraw": QuestionRef;
  "screen.poll": PollRef;
  "sitting.archive": NoArguments;
  "sitting.cancel": NoArguments;
  "sitting.close_doors": NoArguments;
  "sitting.close_questions": NoArguments;
  "sitting.end": NoArguments;
  "sitting.open": NoArguments;
  "sitting.open_questions": NoArguments;
  "sitting.pause": NoArguments;
  "sitting.reopen_doors": NoArguments;
  "sitting.resume": NoArguments;
  "sitting.schedule": NoArguments;
  "sitting.unschedule": NoArguments;
}

export type CommandName = keyof CommandArgs;

/** Every kind of entry. */
export type EntryKind =
  | "agenda.added"
  | "agenda.closed"
  | "agenda.edited"
  | "agenda.opened"
  | "agenda.removed"
  | "agenda.reopened"
  | "agenda.reverted"
  | "poll.closed"
  | "poll.counted"
  | "poll.opened"
  | "poll.prepared"
  | "poll.removed"
  | "publisher.changed"
  | "question.answered"
  | "question.approved"
  | "question.redacted"
  | "question.rejected"
  | "question.reopened"
  | "question.shown"
  | "question.submitted"
  | "question.unpublished"
  | "question.unshown"
  | "question.withdrawn"
  | "review.changed"
  | "review.redacted"
  | "screen.cleared"
  | "screen.shown"
  | "sitting.archived"
  | "sitting.cancelled"
  | "sitting.created"
  | "sitting.doors_closed"
  | "sitting.doors_reopened"
  | "sitting.edited"
  | "sitting.ended"
  | "sitting.opened"
  | "sitting.paused"
  | "sitting.questions_closed"
  | "sitting.questions_opened"
  | "sitting.resumed"
  | "sitting.scheduled"
  | "sitting.unscheduled"
  | "stream.changed"
  | "support.counted"
  | "support.removed";

/** Roles that may send a command; none: anyone signed in. */
export const COMMAND_ROLES: Readonly<Record<CommandName, readonly string[]>> = {
  "agenda.close": ["clerk", "host"],
  "agenda.open": ["clerk", "host"],
  "agenda.reopen": ["clerk", "host"],
  "agenda.revert": ["clerk", "host"],
  "ballot.cast": [],
  "poll.close": ["clerk", "host", "moderator"],
  "poll.open": ["clerk", "host", "moderator"],
  "poll.prepare": ["clerk", "host", "moderator"],
  "poll.remove": ["clerk", "host", "moderator"],
  "question.answer": ["host", "moderator"],
  "question.approve": ["moderator"],
  "question.reject": ["moderator"],
  "question.reopen": ["host", "moderator"],
  "question.show": ["host", "moderator"],
  "question.submit": [],
  "question.support": [],
  "question.unshow": ["host", "moderator"],
  "question.unsupport": [],
  "question.withdraw": [],
  "screen.poll": ["clerk", "host", "moderator"],
  "sitting.archive": ["clerk"],
  "sitting.cancel": ["clerk"],
  "sitting.close_doors": ["clerk"],
  "sitting.close_questions": ["clerk", "moderator"],
  "sitting.end": ["clerk"],
  "sitting.open": ["clerk"],
  "sitting.open_questions": ["clerk", "moderator"],
  "sitting.pause": ["clerk"],
  "sitting.reopen_doors": ["clerk"],
  "sitting.resume": ["clerk"],
  "sitting.schedule": ["clerk"],
  "sitting.unschedule": ["clerk"],
};

/** States from which a sitting can make each transition. */
export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  "schedule": ["draft"],
  "unschedule": ["scheduled"],
  "open": ["draft", "scheduled"],
  "pause": ["live"],
  "resume": ["paused"],
  "close_doors": ["live", "paused"],
  "reopen_doors": ["closed_doors"],
  "end": ["closed_doors", "live", "paused"],
  "archive": ["ended"],
  "cancel": ["draft", "scheduled"],
};

export const MAX_COMMAND_BYTES = 8192;
