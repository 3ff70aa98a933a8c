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
  | "sanctioned"
  | "not_listed"
  | "not_in_hall"
  | "wrong_code"
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
  AnswerConcern: AnswerConcern;
  AnswerInWriting: AnswerInWriting;
  AppealOutcome: AppealOutcome;
  AppealState: AppealState;
  BoardFacts: BoardFacts;
  CastBallot: CastBallot;
  ClaimState: ClaimState;
  ClaimThese: ClaimThese;
  CommandFrame: CommandFrame;
  CommentFacts: CommentFacts;
  CommentRef: CommentRef;
  CommentReview: CommentReview;
  CommitmentRef: CommitmentRef;
  CommitmentState: CommitmentState;
  CommitmentVoices: CommitmentVoices;
  ConcernFacts: ConcernFacts;
  ConcernRef: ConcernRef;
  ConcernReview: ConcernReview;
  ConcernTally: ConcernTally;
  CreatePoll: CreatePoll;
  DecideAppeal: DecideAppeal;
  DecideComment: DecideComment;
  DecideConcern: DecideConcern;
  DecideQuestion: DecideQuestion;
  DeskState: DeskState;
  EditCommitment: EditCommitment;
  EditPoll: EditPoll;
  EditQuestion: EditQuestion;
  EnterHall: EnterHall;
  EntriesFrame: EntriesFrame;
  EntryFrame: EntryFrame;
  ErrorCode: ErrorCode;
  Evidence: Evidence;
  ExposureState: ExposureState;
  Flag: Flag;
  ForwardQuestion: ForwardQuestion;
  Forwarded: Forwarded;
  GroupState: GroupState;
  HiddenResult: HiddenResult;
  IssueSanction: IssueSanction;
  LabelConcern: LabelConcern;
  LabelQuestion: LabelQuestion;
  LatestFrame: LatestFrame;
  LevelTally: LevelTally;
  LiftSanction: LiftSanction;
  ListedConcern: ListedConcern;
  ListedFacts: ListedFacts;
  MakeCommitment: MakeCommitment;
  Manifest: Manifest;
  Me: Me;
  MediaMode: MediaMode;
  MediaReport: MediaReport;
  MediaStatus: MediaStatus;
  MergeConcerns: MergeConcerns;
  MergeQuestions: MergeQuestions;
  MineFrame: MineFrame;
  MoveConcern: MoveConcern;
  MyBacking: MyBacking;
  MyBallot: MyBallot;
  MyComment: MyComment;
  MyCommitment: MyCommitment;
  MyLevel: MyLevel;
  MyQuestion: MyQuestion;
  MyReminder: MyReminder;
  MySanction: MySanction;
  MySupport: MySupport;
  NoArguments: NoArguments;
  Note: Note;
  NoteQuestion: NoteQuestion;
  NotesState: NotesState;
  ParticipationState: ParticipationState;
  PhotoState: PhotoState;
  PollOptionState: PollOptionState;
  PollRef: PollRef;
  PollTally: PollTally;
  PreparedPoll: PreparedPoll;
  PresenceState: PresenceState;
  PreviewAddress: PreviewAddress;
  PromisesState: PromisesState;
  PublicPoll: PublicPoll;
  PublicQuestion: PublicQuestion;
  PublishToken: PublishToken;
  PublisherState: PublisherState;
  PublisherStatus: PublisherStatus;
  QuestionRef: QuestionRef;
  QuestionReview: QuestionReview;
  QuestionTally: QuestionTally;
  ReactionCounts: ReactionCounts;
  ReferConcern: ReferConcern;
  ReferralState: ReferralState;
  RefusedFrame: RefusedFrame;
  RejectComment: RejectComment;
  RejectConcern: RejectConcern;
  RejectQuestion: RejectQuestion;
  ReleaseThese: ReleaseThese;
  ReportComment: ReportComment;
  ReportConcern: ReportConcern;
  ReportQuestion: ReportQuestion;
  RulesState: RulesState;
  SanctionAuthor: SanctionAuthor;
  SanctionState: SanctionState;
  ScreenState: ScreenState;
  SecondOpinion: SecondOpinion;
  SecondOpinionGiven: SecondOpinionGiven;
  SendReaction: SendReaction;
  SetParticipation: SetParticipation;
  SetRules: SetRules;
  SittingFacts: SittingFacts;
  SnapshotFrame: SnapshotFrame;
  SplitConcerns: SplitConcerns;
  SplitQuestions: SplitQuestions;
  StaffMessageState: StaffMessageState;
  StaffSay: StaffSay;
  Stream: Stream;
  StreamState: StreamState;
  SubmitAppeal: SubmitAppeal;
  SubmitComment: SubmitComment;
  SubmitQuestion: SubmitQuestion;
  ThemeCoverage: ThemeCoverage;
  Ticket: Ticket;
  UndoDecision: UndoDecision;
  UpdateCommitment: UpdateCommitment;
  VoiceCounts: VoiceCounts;
  WelcomeFrame: WelcomeFrame;
  WrittenAnswer: WrittenAnswer;
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
/**
 * The commune answers, for an office that is named.
 */
export interface AnswerConcern {
  concern: number;
  text: string;
  office: string;
  parent?: number | null;
}
/**
 * `official`: name and office of whoever answers; empty: the name of whoever sends it.
 */
export interface AnswerInWriting {
  question: number;
  text: string;
  official?: string;
}
/**
 * What became of an appeal; `reason` when it was decided.
 */
export interface AppealOutcome {
  state: "pending" | "accepted" | "dismissed";
  reason: string;
}
/**
 * Key `appeal/<id>`: somebody asks another moderator to look again. `quote`: the question, or
 * the sanction's reason. `merged`: it is about a merge, which accepting takes apart. `not_by`:
 * public ids of those who decided, and so may not decide it.
 */
export interface AppealState {
  id: number;
  question: number | null;
  sanction: number | null;
  quote: string;
  text: string;
  merged: boolean;
  state: "pending" | "accepted" | "dismissed";
  reason: string;
  at: number;
  decided_at: number | null;
  not_by: string[];
}
/**
 * Key `board` (staff): how the commune takes concerns. `second_opinion`: refusing a concern or
 * a comment that criticises the commune's management needs a second moderator; after
 * `second_opinion_hours` it is published by itself.
 */
export interface BoardFacts {
  moderation: "before" | "after";
  comment_moderation: "before" | "after";
  second_opinion: boolean;
  second_opinion_hours: number;
}
/**
 * `options`: one, or several where the poll takes several; never the same twice.
 */
export interface CastBallot {
  poll: number;
  /**
   * @minItems 1
   * @maxItems 10
   */
  options: number[];
}
/**
 * Keys `claim/<question>`, and on a board `concern_claim/<concern>` and
 * `comment_claim/<comment>`: a moderator is deciding it. Null when they no longer are; after
 * `until` it holds nobody back, null or not. `by`: their public id.
 */
export interface ClaimState {
  id: number;
  by: string;
  by_name: string;
  until: number;
}
/**
 * I am deciding these now. Claims I hold on others end, unless `keep`.
 */
export interface ClaimThese {
  /**
   * @maxItems 50
   */
  questions?: number[];
  /**
   * @maxItems 50
   */
  concerns?: number[];
  /**
   * @maxItems 50
   */
  comments?: number[];
  keep?: boolean;
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
/**
 * Key `comment/<id>`: what somebody says about a concern; `office` is not empty where the
 * commune answers. `parent`: the comment that it replies to.
 */
export interface CommentFacts {
  id: number;
  parent: number | null;
  text: string;
  signature: string;
  office: string;
  at: number;
}
export interface CommentRef {
  comment: number;
}
/**
 * Key `comment_review/<id>`, on the board (staff).
 */
export interface CommentReview {
  id: number;
  concern: number;
  parent: number | null;
  text: string;
  signature: string;
  author: string | null;
  person: string | null;
  office: string;
  state: "pending" | "published" | "rejected" | "withdrawn";
  code:
    | (
        | "duplicate"
        | "personal_data"
        | "insult"
        | "advertising"
        | "unreadable"
        | "off_topic"
        | "answered_already"
        | "private_matter"
        | "unproven_accusation"
        | "other"
      )
    | null;
  note: string;
  reviewed: boolean;
  flags: Flag[];
  risk: number;
  reports: number;
  labels: string[];
  second_opinion: SecondOpinion | null;
  submitted_at: number;
  page: string;
}
/**
 * What a filter noticed. It suggests; a person decides. `excerpt`: the words it means.
 */
export interface Flag {
  code:
    | "word"
    | "phone"
    | "email"
    | "link"
    | "capitals"
    | "flood"
    | "new_account"
    | "about_host"
    | "reported";
  excerpt: string;
}
/**
 * A refusal that another moderator must confirm; published by itself at `until`.
 *
 * `by`: public id of the moderator who asked, who may not be the one who confirms.
 */
export interface SecondOpinion {
  by: string | null;
  by_name: string;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  reason: string;
  asked_at: number;
  until: number;
}
export interface CommitmentRef {
  commitment: number;
}
/**
 * Key `commitment/<id>`, on the sitting's timeline and on the promise's own.
 *
 * `question`: the one it answers, of the same sitting. `reason`: why it was dropped. `page`: its
 * path in the public register, which has the whole history.
 */
export interface CommitmentState {
  id: number;
  wording: string;
  owner: string;
  due_on: string;
  budget_line: string;
  question: number | null;
  state: "open" | "kept" | "late" | "dropped";
  reason: string;
  made_at: number;
  sitting: string;
  sitting_title: string;
  evidence: Evidence | null;
  page: string;
}
/**
 * The latest word of the commune on a promise: what was done, and where one can see it.
 */
export interface Evidence {
  note: string;
  link: string;
  file: string;
  at: number;
}
/**
 * Latest value `voices/<id>`: citizens who confirm or contest that `commitment/<id>` was kept.
 * `levels`: as in `PollTally`, never fewer than ten people.
 */
export interface CommitmentVoices {
  confirmed: number;
  contested: number;
  levels: {
    [k: string]: VoiceCounts;
  };
}
export interface VoiceCounts {
  confirmed: number;
  contested: number;
}
/**
 * Key `concern/<id>`, on its own timeline. `note`, `office` and `due_on`: what was said at the
 * last change of state, for whom, and by when. `category_name`: empty for the categories that
 * every commune starts with (`consultations.models.CATEGORIES`). `merged_into`: which one carries
 * on for it, at `merged_page`. `relatives`: how many others were joined to it.
 */
export interface ConcernFacts {
  id: number;
  text: string;
  signature: string;
  category: string;
  category_name: string;
  arrondissement: string;
  quarter: string;
  photos: PhotoState[];
  state: "received" | "taken_up" | "planned" | "done" | "refused" | "merged";
  note: string;
  office: string;
  due_on: string | null;
  submitted_at: number;
  published_at: number;
  changed_at: number;
  relatives: number;
  merged_into: number | null;
  merged_page: string;
  referrals: ReferralState[];
  page: string;
}
/**
 * `<address>-320.webp`, `-640.webp` and `-1280.webp` are the picture, so many pixels at its
 * longer edge at most; `width` and `height` are those of the largest.
 */
export interface PhotoState {
  address: string;
  width: number;
  height: number;
}
/**
 * A sitting takes the concern up. `moment`: a path that leads to the second of the video at
 * which it was answered.
 */
export interface ReferralState {
  id: number;
  kind: "agenda" | "question";
  sitting: string;
  title: string;
  page: string;
  at: number;
  answered_at: number | null;
  moment: string;
}
export interface ConcernRef {
  concern: number;
}
/**
 * Key `concern_review/<id>`, on the board (staff): a concern as moderators see it. `person`:
 * public id of its author. `merged_into`: the one to which it was joined.
 */
export interface ConcernReview {
  id: number;
  text: string;
  signature: string;
  author: string | null;
  person: string | null;
  category: string;
  category_name: string;
  arrondissement: string;
  quarter: string;
  photos: PhotoState[];
  state:
    | "pending"
    | "received"
    | "taken_up"
    | "planned"
    | "done"
    | "refused"
    | "rejected"
    | "merged"
    | "withdrawn";
  code:
    | (
        | "duplicate"
        | "personal_data"
        | "insult"
        | "advertising"
        | "unreadable"
        | "off_topic"
        | "answered_already"
        | "private_matter"
        | "unproven_accusation"
        | "other"
      )
    | null;
  note: string;
  office: string;
  reviewed: boolean;
  flags: Flag[];
  risk: number;
  reports: number;
  labels: string[];
  second_opinion: SecondOpinion | null;
  supports: number;
  comments: number;
  submitted_at: number;
  published_at: number | null;
  changed_at: number;
  merged_into: number | null;
  page: string;
}
/**
 * Key `backing/<id>`, and latest value of the same name: how many support `concern/<id>`.
 */
export interface ConcernTally {
  supports: number;
}
/**
 * `options`: two to ten for `one` and `several`, none for the other kinds. `min_choices` and
 * `max_choices` count for `several` alone (`max_choices` null: as many as there are).
 */
export interface CreatePoll {
  prompt: string;
  kind?: "one" | "several" | "rating" | "yes_no";
  /**
   * @maxItems 10
   */
  options?: string[];
  min_choices?: number;
  max_choices?: number | null;
  secret?: boolean;
  results?: "live" | "at_closing" | "on_reveal";
  level?: ("confirmed" | "listed" | "hall") | null;
  by_level?: boolean;
}
export interface DecideAppeal {
  appeal: number;
  accept: boolean;
  reason: string;
}
export interface DecideComment {
  comment: number;
  seen?: ("pending" | "published" | "rejected" | "withdrawn") | null;
}
export interface DecideConcern {
  concern: number;
  seen?:
    | (
        | "pending"
        | "received"
        | "taken_up"
        | "planned"
        | "done"
        | "refused"
        | "rejected"
        | "merged"
        | "withdrawn"
      )
    | null;
}
/**
 * A decision. `seen_state` and `seen_revision`: what the moderator saw; when it is no longer
 * so, the answer is `conflict`, with what is so now.
 */
export interface DecideQuestion {
  question: number;
  seen_state?:
    | (
        | "pending"
        | "approved"
        | "highlighted"
        | "on_screen"
        | "answered"
        | "rejected"
        | "merged"
        | "withdrawn"
        | "not_reached"
      )
    | null;
  seen_revision?: number | null;
}
/**
 * Latest value `desk` (staff stream only): how the work goes.
 *
 * `backlog`: pending questions. `arriving` and `decided`: per minute, over the last five.
 * Waits: seconds from submission to the first decision, of the last 200 decided.
 * `oldest_s`: how long the oldest pending one has waited.
 */
export interface DeskState {
  backlog: number;
  risky: number;
  arriving: number;
  decided: number;
  wait_median_s: number;
  wait_p95_s: number;
  oldest_s: number;
  coverage: ThemeCoverage[];
}
/**
 * How one agenda item fares; `agenda_item` null: questions without one.
 */
export interface ThemeCoverage {
  agenda_item: number | null;
  pending: number;
  published: number;
  answered: number;
}
/**
 * Put the wording right, while the sitting goes on; only what is given changes.
 */
export interface EditCommitment {
  commitment: number;
  wording?: string | null;
  owner?: string | null;
  due_on?: string | null;
  budget_line?: string | null;
}
/**
 * A prepared poll, said anew as a whole.
 */
export interface EditPoll {
  prompt: string;
  kind?: "one" | "several" | "rating" | "yes_no";
  /**
   * @maxItems 10
   */
  options?: string[];
  min_choices?: number;
  max_choices?: number | null;
  secret?: boolean;
  results?: "live" | "at_closing" | "on_reveal";
  level?: ("confirmed" | "listed" | "hall") | null;
  by_level?: boolean;
  poll: number;
}
/**
 * Change one's own question while it waits.
 */
export interface EditQuestion {
  question: number;
  text: string;
  agenda_item?: number | null;
  signed?: boolean | null;
}
/**
 * The code shown in the hall: six digits, blanks do not matter.
 */
export interface EnterHall {
  code: string;
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
 * Latest value `exposure`: how much attention there has been so far, in person-minutes
 * (`person_minutes` at `at`; it grows by `people` a minute), for the order "what rises".
 *
 * A question's rise, to sort by, highest first::
 *
 *     supports / (now - seen_from + max(10, people))
 *
 * with `supports` and `seen_from` of `support/<id>`, and now = person_minutes + people × minutes
 * since `at`. `seen_from` is what `person_minutes` was when the question was published, so the
 * divisor is how many person-minutes it has been there to be seen, plus one minute of the room:
 * a question published late is not held back by the supports that older ones gathered before.
 */
export interface ExposureState {
  at: number;
  people: number;
  person_minutes: number;
}
/**
 * Ask somebody for an answer in writing: `to` as shown; `person`: public id of somebody with
 * a role in the commune, who may then answer. `days`: until it is due.
 */
export interface ForwardQuestion {
  question: number;
  to: string;
  person?: string | null;
  days?: number | null;
}
/**
 * Somebody was asked for an answer in writing. `person`: their public id, if they sign in.
 */
export interface Forwarded {
  to: string;
  person: string | null;
  at: number;
  due: number | null;
}
/**
 * Key `group/<id>`: questions that seem to ask the same, oldest first. Decided ones stay in
 * it: their reviews say what became of them.
 */
export interface GroupState {
  id: number;
  questions: number[];
}
/**
 * Key `result/<id>` (staff): the result of a closed poll that is not revealed yet.
 */
export interface HiddenResult {
  voters: number;
  votes: {
    [k: string]: number;
  };
  mean: number | null;
}
/**
 * Against the author of `question`. `minutes`: how long; needed for a mute, and without it a
 * ban has no end.
 */
export interface IssueSanction {
  question: number;
  kind: "warning" | "mute" | "ban";
  reason: string;
  minutes?: number | null;
}
/**
 * As `LabelQuestion`, of a concern or of a comment, one of them.
 */
export interface LabelConcern {
  concern?: number | null;
  comment?: number | null;
  /**
   * @maxItems 10
   */
  add?: string[];
  /**
   * @maxItems 10
   */
  remove?: string[];
}
export interface LabelQuestion {
  question: number;
  /**
   * @maxItems 10
   */
  add?: string[];
  /**
   * @maxItems 10
   */
  remove?: string[];
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
 * Voters of one level. `votes` is empty for a secret ballot, of which nothing but the total is
 * kept.
 */
export interface LevelTally {
  voters: number;
  votes: {
    [k: string]: number;
  };
}
export interface LiftSanction {
  sanction: number;
  reason: string;
}
/**
 * Key `listed`, on the board: the concern that moved last. `now`: null when it is no longer in
 * the list. Whoever missed some reads the list again.
 */
export interface ListedConcern {
  id: number;
  now: ListedFacts | null;
}
/**
 * What the list of a commune's concerns shows of one that may move, and by what it is
 * narrowed: `category` by slug, `arrondissement` by id.
 */
export interface ListedFacts {
  state: "received" | "taken_up" | "planned" | "done" | "refused";
  category: string;
  arrondissement: number | null;
  supports: number;
  comments: number;
  published_at: number;
}
/**
 * "Prendre un engagement": who does what by when. Not due before today.
 */
export interface MakeCommitment {
  wording: string;
  owner: string;
  due_on: string;
  question?: number | null;
  budget_line?: string;
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
  smaller_bitrate: number;
  shed: string[];
  newcomers: "full" | "low" | "sound";
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
 * Let `target` carry on for `concerns`. All or none. `seen`: states that the moderator saw, by
 * concern (as a string).
 */
export interface MergeConcerns {
  target: number;
  /**
   * @minItems 1
   * @maxItems 50
   */
  concerns: number[];
  seen?: {
    [k: string]:
      | "pending"
      | "received"
      | "taken_up"
      | "planned"
      | "done"
      | "refused"
      | "rejected"
      | "merged"
      | "withdrawn";
  };
}
/**
 * Let `target` carry on for `questions`. All or none. `seen`: states that the moderator saw,
 * by question id (as a string).
 */
export interface MergeQuestions {
  target: number;
  /**
   * @minItems 1
   * @maxItems 200
   */
  questions: number[];
  seen?: {
    [k: string]:
      | "pending"
      | "approved"
      | "highlighted"
      | "on_screen"
      | "answered"
      | "rejected"
      | "merged"
      | "withdrawn"
      | "not_reached";
  };
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
 * What becomes of a concern. `refused` needs a `note`: the reason. `seen`: the state that the
 * sender saw.
 */
export interface MoveConcern {
  concern: number;
  state: "received" | "taken_up" | "planned" | "done" | "refused";
  office: string;
  note?: string;
  due_on?: string | null;
  seen?:
    | (
        | "pending"
        | "received"
        | "taken_up"
        | "planned"
        | "done"
        | "refused"
        | "rejected"
        | "merged"
        | "withdrawn"
      )
    | null;
}
/**
 * `mine` value `backing/<id>`: what I do for a concern.
 */
export interface MyBacking {
  supported: boolean;
  followed: boolean;
}
/**
 * `mine` value `ballot/<id>`: I have voted in that poll. `options` is empty when the ballot is
 * secret: nobody knows.
 */
export interface MyBallot {
  voted: boolean;
  options: number[];
}
/**
 * `mine` value `comment/<id>`: my own comment, and why it is not public where it is not.
 */
export interface MyComment {
  id: number;
  parent: number | null;
  text: string;
  state: "pending" | "published" | "rejected" | "withdrawn";
  code:
    | (
        | "duplicate"
        | "personal_data"
        | "insult"
        | "advertising"
        | "unreadable"
        | "off_topic"
        | "answered_already"
        | "private_matter"
        | "unproven_accusation"
        | "other"
      )
    | null;
  note: string;
  at: number;
}
/**
 * `mine` value `commitment/<id>`: what I said of it, and whether I am told of its changes.
 */
export interface MyCommitment {
  voice: ("confirmed" | "contested") | null;
  followed: boolean;
}
/**
 * `mine` value `level`: how I count in this sitting. `levels`: every one I may act at.
 */
export interface MyLevel {
  level: "confirmed" | "listed" | "hall";
  levels: ("confirmed" | "listed" | "hall")[];
}
/**
 * `mine` value `question/<id>`: one's own question, whatever its state.
 *
 * Merged: `merged_into` names the question that carries on for it, `merged_text` what it says and
 * `merged_state` how far it came. `may_appeal`: refused or merged, and no appeal made yet.
 */
export interface MyQuestion {
  id: number;
  text: string;
  agenda_item: number | null;
  signature: string;
  state:
    | "pending"
    | "approved"
    | "highlighted"
    | "on_screen"
    | "answered"
    | "rejected"
    | "merged"
    | "withdrawn"
    | "not_reached";
  code:
    | (
        | "duplicate"
        | "personal_data"
        | "insult"
        | "advertising"
        | "unreadable"
        | "off_topic"
        | "answered_already"
        | "private_matter"
        | "unproven_accusation"
        | "other"
      )
    | null;
  reason: string;
  submitted_at: number;
  merged_into: number | null;
  merged_text: string | null;
  merged_state:
    | (
        | "pending"
        | "approved"
        | "highlighted"
        | "on_screen"
        | "answered"
        | "rejected"
        | "merged"
        | "withdrawn"
        | "not_reached"
      )
    | null;
  answer: WrittenAnswer | null;
  answer_due: number | null;
  may_appeal: boolean;
  appeal: AppealOutcome | null;
}
/**
 * An answer in writing, signed by an official (name and office, as shown).
 */
export interface WrittenAnswer {
  text: string;
  official: string;
  at: number;
}
/**
 * `mine` value `reminder`: I am told when this sitting starts, by these ways. Without any
 * (no e-mail address, no notifications allowed on a device) there is nothing to tell by.
 */
export interface MyReminder {
  email: boolean;
  push: boolean;
}
/**
 * `mine` value `sanction/<id>`: a sanction that concerns me in this commune.
 */
export interface MySanction {
  id: number;
  kind: "warning" | "mute" | "ban";
  reason: string;
  at: number;
  until: number | null;
  lifted: boolean;
  may_appeal: boolean;
  appeal: ("pending" | "accepted" | "dismissed") | null;
  appeal_reason: string;
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
export interface Note {
  by: string;
  role: string;
  text: string;
  at: number;
}
export interface NoteQuestion {
  question: number;
  text: string;
}
/**
 * Key `note/<question>`: what staff noted about a question, oldest first.
 */
export interface NotesState {
  question: number;
  notes: Note[];
}
/**
 * Key `participation`: who may ask, support, react and (unless a poll says otherwise) vote.
 * Absent until somebody changes it; the defaults hold until then.
 *
 * `by_level`: supports are shown by level too. `reactions`: whether they can be sent.
 */
export interface ParticipationState {
  level: "confirmed" | "listed" | "hall";
  by_level: boolean;
  reactions: boolean;
}
/**
 * `code` says what the options of `yes_no` (`yes`, `no`, `abstain`) and of `rating` (`1` to
 * `5`) mean, so that clients say it in their own language; it is empty for written options.
 */
export interface PollOptionState {
  id: number;
  label: string;
  code: string;
}
export interface PollRef {
  poll: number;
}
/**
 * Key `tally/<id>`, and latest value of the same name: votes of `poll/<id>`.
 *
 * `votes` maps the id of an option to its count; with `several`, they add up to more than
 * `voters`. While the result is hidden it is empty and only `voters` moves. While a secret poll
 * with a live result is open it moves in steps of ten voters or more, and is empty before the
 * first step. `mean`: of a rating, two decimals. `levels`: with `by_level`, once revealed; a
 * level with fewer than ten voters is not named, nor one that would give such a one away.
 * `final`: this is the result.
 */
export interface PollTally {
  voters: number;
  votes: {
    [k: string]: number;
  };
  mean: number | null;
  levels: {
    [k: string]: LevelTally;
  };
  final: boolean;
}
/**
 * Key `prepared/<id>` (staff): a poll that is not open yet. `level`: null for the sitting's
 * own (`participation`).
 */
export interface PreparedPoll {
  id: number;
  prompt: string;
  kind: "one" | "several" | "rating" | "yes_no";
  options: PollOptionState[];
  min_choices: number;
  max_choices: number;
  secret: boolean;
  results: "live" | "at_closing" | "on_reveal";
  level: ("confirmed" | "listed" | "hall") | null;
  by_level: boolean;
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
 * Key `promises`: what the commune promised before, said when a hearing opens and again when
 * it changes: all that is still open or late, and all of the last hearing.
 */
export interface PromisesState {
  items: CommitmentState[];
}
/**
 * Key `poll/<id>`: a poll that was opened.
 *
 * `level`: who may vote. `by_level`: the tally says it by level too. `revealed`: the result is
 * for everyone (at once with `live`, once closed with `at_closing`, by `poll.reveal` otherwise).
 */
export interface PublicPoll {
  id: number;
  prompt: string;
  kind: "one" | "several" | "rating" | "yes_no";
  options: PollOptionState[];
  min_choices: number;
  max_choices: number;
  secret: boolean;
  results: "live" | "at_closing" | "on_reveal";
  level: "confirmed" | "listed" | "hall";
  by_level: boolean;
  state: "open" | "closed";
  revealed: boolean;
  opened_at: number;
  closed_at: number | null;
}
/**
 * Key `question/<id>`: a published question. `signature` is empty for one without a name.
 *
 * `relatives`: how many other questions were merged into this one. `answer_due`: by when it is
 * promised an answer in writing. `not_reached`: the sitting ended before its turn came.
 */
export interface PublicQuestion {
  id: number;
  text: string;
  signature: string;
  agenda_item: number | null;
  state: "approved" | "highlighted" | "on_screen" | "answered" | "not_reached";
  submitted_at: number;
  published_at: number;
  answered_at: number | null;
  relatives: number;
  answer: WrittenAnswer | null;
  answer_due: number | null;
}
/**
 * What a WHIP publisher needs (RFC 9725).
 */
export interface PublishToken {
  whip_url: string;
  token: string;
  expires_at: number;
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
 *
 * `person`: public id of the author, the same for all their questions. `revision` grows when the
 * author edits. `reviewed`: a moderator has decided (with moderation afterwards, a question is
 * published before). `risk`: 0 to 100, for the risk queue. `notes`: how many, in key `note/<id>`.
 */
export interface QuestionReview {
  id: number;
  text: string;
  signature: string;
  author: string | null;
  person: string | null;
  agenda_item: number | null;
  state:
    | "pending"
    | "approved"
    | "highlighted"
    | "on_screen"
    | "answered"
    | "rejected"
    | "merged"
    | "withdrawn"
    | "not_reached";
  reviewed: boolean;
  revision: number;
  code:
    | (
        | "duplicate"
        | "personal_data"
        | "insult"
        | "advertising"
        | "unreadable"
        | "off_topic"
        | "answered_already"
        | "private_matter"
        | "unproven_accusation"
        | "other"
      )
    | null;
  reason: string;
  submitted_at: number;
  published_at: number | null;
  answered_at: number | null;
  merged_into: number | null;
  relatives: number;
  flags: Flag[];
  risk: number;
  reports: number;
  labels: string[];
  notes: number;
  forwarded: Forwarded | null;
  second_opinion: SecondOpinion | null;
  answer: WrittenAnswer | null;
  answer_due: number | null;
}
/**
 * Key `support/<id>`, and latest value of the same name: how many support `question/<id>`.
 *
 * `levels`: the same by level, where the sitting shows it; never fewer than ten people.
 * `seen_from`: for the order "what rises", see `ExposureState`.
 */
export interface QuestionTally {
  supports: number;
  levels: {
    [k: string]: number;
  };
  seen_from: number | null;
}
/**
 * Key `reactions`, and latest value of the same name: how often each was sent in the window of
 * ten seconds that began at `window`. Old counts mean nothing: clients let them fade when
 * `window` lies more than two windows back.
 */
export interface ReactionCounts {
  window: number;
  applaud: number;
  agree: number;
  unclear: number;
  slower: number;
}
/**
 * Put a concern on a sitting's agenda, or ask it there as a question.
 */
export interface ReferConcern {
  concern: number;
  sitting: string;
  target: "agenda" | "question";
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
  data: {
    [k: string]: unknown;
  } | null;
}
export interface RejectComment {
  comment: number;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  reason?: string;
  seen?: ("pending" | "published" | "rejected" | "withdrawn") | null;
}
/**
 * Do not publish a concern, or take it back; its author reads why.
 */
export interface RejectConcern {
  concern: number;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  reason?: string;
  seen?:
    | (
        | "pending"
        | "received"
        | "taken_up"
        | "planned"
        | "done"
        | "refused"
        | "rejected"
        | "merged"
        | "withdrawn"
      )
    | null;
}
/**
 * `code` says why; words are needed with `other`.
 */
export interface RejectQuestion {
  question: number;
  code?:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  reason?: string;
  seen_state?:
    | (
        | "pending"
        | "approved"
        | "highlighted"
        | "on_screen"
        | "answered"
        | "rejected"
        | "merged"
        | "withdrawn"
        | "not_reached"
      )
    | null;
  seen_revision?: number | null;
}
/**
 * I no longer decide these (none named: any).
 */
export interface ReleaseThese {
  /**
   * @maxItems 50
   */
  questions?: number[];
  /**
   * @maxItems 50
   */
  concerns?: number[];
  /**
   * @maxItems 50
   */
  comments?: number[];
}
/**
 * A citizen finds that a comment should not be there.
 */
export interface ReportComment {
  comment: number;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  text?: string;
}
/**
 * A citizen finds that a concern should not be there.
 */
export interface ReportConcern {
  concern: number;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  text?: string;
}
/**
 * A citizen finds that a published question should not be there.
 */
export interface ReportQuestion {
  question: number;
  code:
    | "duplicate"
    | "personal_data"
    | "insult"
    | "advertising"
    | "unreadable"
    | "off_topic"
    | "answered_already"
    | "private_matter"
    | "unproven_accusation"
    | "other";
  text?: string;
}
/**
 * Key `rules`: how questions are taken. Absent until somebody changes them; `RULES_DEFAULT`
 * holds until then, with `second_opinion` true for hearings.
 *
 * `moderation`: published after a moderator's decision, or before it. `slow_s`: seconds between
 * two questions of one person (0: none). `signing`: `free`: as one likes; `always`: with the
 * name; `never`: without names. `second_opinion`: refusing a question that criticises those
 * who answer needs a second moderator; after `second_opinion_minutes` it is published by itself.
 * `written_answers`: at the end so many of the most supported unanswered questions are promised
 * an answer in writing within `written_answer_days` days.
 */
export interface RulesState {
  moderation: "before" | "after";
  slow_s: number;
  signing: "free" | "always" | "never";
  second_opinion: boolean;
  second_opinion_minutes: number;
  written_answers: number;
  written_answer_days: number;
  text_max: number;
}
/**
 * Against the author of a concern or of a comment, one of them; else as `IssueSanction`.
 */
export interface SanctionAuthor {
  concern?: number | null;
  comment?: number | null;
  kind: "warning" | "mute" | "ban";
  reason: string;
  minutes?: number | null;
}
/**
 * Key `sanction/<id>`, on the timeline of the sitting where it was given; it holds in the
 * whole commune. `person`: public id, as in `QuestionReview`. `until`: null for no end.
 */
export interface SanctionState {
  id: number;
  kind: "warning" | "mute" | "ban";
  person: string | null;
  person_name: string;
  question: number | null;
  reason: string;
  at: number;
  until: number | null;
  lifted: boolean;
  by: string | null;
}
/**
 * Key `screen`: the key that is shown big to the room, if any (`question/7`, `poll/3`).
 */
export interface ScreenState {
  shows: string | null;
}
/**
 * The second moderator's word on a refusal: confirm it, or have it published.
 */
export interface SecondOpinionGiven {
  question?: number | null;
  concern?: number | null;
  comment?: number | null;
  confirm: boolean;
}
export interface SendReaction {
  reaction: "applaud" | "agree" | "unclear" | "slower";
}
/**
 * Only what is given changes.
 */
export interface SetParticipation {
  level?: ("confirmed" | "listed" | "hall") | null;
  by_level?: boolean | null;
  reactions?: boolean | null;
}
/**
 * Only what is given changes.
 */
export interface SetRules {
  moderation?: ("before" | "after") | null;
  slow_s?: number | null;
  signing?: ("free" | "always" | "never") | null;
  second_opinion?: boolean | null;
  second_opinion_minutes?: number | null;
  written_answers?: number | null;
  written_answer_days?: number | null;
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
 * Joining was wrong: these stand by themselves again, as before it. All or none.
 */
export interface SplitConcerns {
  /**
   * @minItems 1
   * @maxItems 50
   */
  concerns: number[];
}
/**
 * The merge was wrong: these stand by themselves again, as before it.
 */
export interface SplitQuestions {
  /**
   * @minItems 1
   * @maxItems 200
   */
  questions: number[];
}
/**
 * Key `staffchat/<n>`: a message of the staff's own channel.
 */
export interface StaffMessageState {
  id: number;
  by: string;
  by_name: string;
  role: string;
  text: string;
  at: number;
}
export interface StaffSay {
  text: string;
}
/**
 * Key `stream`: what viewers should know of the video.
 *
 * `off`: nothing to play yet; `on`; `interrupted`: the publisher vanished, playback goes on by
 * itself when it is back; `full`: the disk is full, nothing is being recorded; `removed`: the
 * recording was kept as long as it had to be, and is deleted.
 */
export interface StreamState {
  status: "off" | "on" | "interrupted" | "full" | "removed";
  has_video: boolean;
  has_audio: boolean;
}
/**
 * About my refused question, or a sanction against me: one of them.
 */
export interface SubmitAppeal {
  question?: number | null;
  sanction?: number | null;
  text: string;
}
/**
 * Say something about a concern, or (`parent`) reply to what somebody said.
 */
export interface SubmitComment {
  concern: number;
  text: string;
  parent?: number | null;
  signed?: boolean;
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
/**
 * Take back my last decision about it.
 */
export interface UndoDecision {
  question?: number | null;
  concern?: number | null;
  comment?: number | null;
}
/**
 * News of a promise. `state` null: it stays as it is. `dropped` needs a `note`, its reason;
 * `kept` needs a `note` or a `link`. A file is added on the promise's page.
 */
export interface UpdateCommitment {
  commitment: number;
  state?: ("open" | "kept" | "dropped") | null;
  note?: string;
  link?: string | null;
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
  "sitting": SittingFacts;
  "agenda": AgendaItemState;
  "screen": ScreenState;
  "stream": StreamState;
  "publisher": PublisherState;
  "commitment": CommitmentState;
  "promises": PromisesState;
  "question": PublicQuestion;
  "support": QuestionTally;
  "review": QuestionReview;
  "rules": RulesState;
  "concern": ConcernFacts;
  "backing": ConcernTally;
  "comment": CommentFacts;
  "listed": ListedConcern;
  "board": BoardFacts;
  "concern_review": ConcernReview;
  "comment_review": CommentReview;
  "reactions": ReactionCounts;
  "participation": ParticipationState;
  "poll": PublicPoll;
  "tally": PollTally;
  "prepared": PreparedPoll;
  "result": HiddenResult;
  "claim": ClaimState;
  "concern_claim": ClaimState;
  "comment_claim": ClaimState;
  "group": GroupState;
  "note": NotesState;
  "staffchat": StaffMessageState;
  "sanction": SanctionState;
  "appeal": AppealState;
}

/** Values that come without position. */
export interface LatestFamilies {
  "presence": PresenceState;
  "voices": CommitmentVoices;
  "backing": ConcernTally;
  "exposure": ExposureState;
  "desk": DeskState;
}

/** Values that concern one person alone. */
export interface MineFamilies {
  "commitment": MyCommitment;
  "question": MyQuestion;
  "support": MySupport;
  "backing": MyBacking;
  "comment": MyComment;
  "reminder": MyReminder;
  "level": MyLevel;
  "ballot": MyBallot;
  "sanction": MySanction;
}

/** Arguments of each command. */
export interface CommandArgs {
  "agenda.close": AgendaRef;
  "agenda.open": AgendaRef;
  "agenda.reopen": AgendaRef;
  "agenda.revert": AgendaRef;
  "appeal.decide": DecideAppeal;
  "appeal.submit": SubmitAppeal;
  "ballot.cast": CastBallot;
  "comment.approve": DecideComment;
  "comment.reject": RejectComment;
  "comment.report": ReportComment;
  "comment.submit": SubmitComment;
  "comment.withdraw": CommentRef;
  "commitment.confirm": CommitmentRef;
  "commitment.contest": CommitmentRef;
  "commitment.edit": EditCommitment;
  "commitment.follow": CommitmentRef;
  "commitment.make": MakeCommitment;
  "commitment.recant": CommitmentRef;
  "commitment.unfollow": CommitmentRef;
  "commitment.update": UpdateCommitment;
  "concern.answer": AnswerConcern;
  "concern.approve": DecideConcern;
  "concern.follow": ConcernRef;
  "concern.label": LabelConcern;
  "concern.merge": MergeConcerns;
  "concern.move": MoveConcern;
  "concern.refer": ReferConcern;
  "concern.reject": RejectConcern;
  "concern.report": ReportConcern;
  "concern.sanction": SanctionAuthor;
  "concern.split": SplitConcerns;
  "concern.support": ConcernRef;
  "concern.unfollow": ConcernRef;
  "concern.unsupport": ConcernRef;
  "concern.withdraw": ConcernRef;
  "hall.enter": EnterHall;
  "hall.rotate": NoArguments;
  "participation.set": SetParticipation;
  "poll.close": PollRef;
  "poll.edit": EditPoll;
  "poll.open": PollRef;
  "poll.prepare": CreatePoll;
  "poll.remove": PollRef;
  "poll.reveal": PollRef;
  "question.answer": QuestionRef;
  "question.answer_in_writing": AnswerInWriting;
  "question.approve": DecideQuestion;
  "question.edit": EditQuestion;
  "question.forward": ForwardQuestion;
  "question.highlight": DecideQuestion;
  "question.label": LabelQuestion;
  "question.merge": MergeQuestions;
  "question.note": NoteQuestion;
  "question.reject": RejectQuestion;
  "question.reopen": QuestionRef;
  "question.report": ReportQuestion;
  "question.show": QuestionRef;
  "question.split": SplitQuestions;
  "question.submit": SubmitQuestion;
  "question.support": QuestionRef;
  "question.unhighlight": DecideQuestion;
  "question.unshow": QuestionRef;
  "question.unsupport": QuestionRef;
  "question.withdraw": QuestionRef;
  "reaction.send": SendReaction;
  "review.claim": ClaimThese;
  "review.release": ReleaseThese;
  "review.second": SecondOpinionGiven;
  "review.undo": UndoDecision;
  "rules.set": SetRules;
  "sanction.issue": IssueSanction;
  "sanction.lift": LiftSanction;
  "screen.poll": PollRef;
  "sitting.archive": NoArguments;
  "sitting.cancel": NoArguments;
  "sitting.close_doors": NoArguments;
  "sitting.close_questions": NoArguments;
  "sitting.end": NoArguments;
  "sitting.forget_reminder": NoArguments;
  "sitting.open": NoArguments;
  "sitting.open_questions": NoArguments;
  "sitting.pause": NoArguments;
  "sitting.remind": NoArguments;
  "sitting.reopen_doors": NoArguments;
  "sitting.resume": NoArguments;
  "sitting.schedule": NoArguments;
  "sitting.unschedule": NoArguments;
  "staff.say": StaffSay;
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
  | "appeal.decided"
  | "appeal.redacted"
  | "appeal.submitted"
  | "backing.counted"
  | "board.changed"
  | "board.opened"
  | "claim.ended"
  | "claim.taken"
  | "comment.official"
  | "comment.published"
  | "comment.redacted"
  | "comment.reverted"
  | "comment.unpublished"
  | "comment_claim.ended"
  | "comment_claim.taken"
  | "comment_review.changed"
  | "comment_review.labelled"
  | "comment_review.redacted"
  | "comment_review.restored"
  | "comment_review.second_asked"
  | "comment_review.second_expired"
  | "comment_review.second_overruled"
  | "comment_review.submitted"
  | "commitment.dropped"
  | "commitment.edited"
  | "commitment.kept"
  | "commitment.late"
  | "commitment.made"
  | "commitment.reopened"
  | "commitment.updated"
  | "concern.answered"
  | "concern.done"
  | "concern.merged"
  | "concern.planned"
  | "concern.published"
  | "concern.received"
  | "concern.redacted"
  | "concern.referred"
  | "concern.refused"
  | "concern.related"
  | "concern.reverted"
  | "concern.separated"
  | "concern.taken_up"
  | "concern.unpublished"
  | "concern_claim.ended"
  | "concern_claim.taken"
  | "concern_review.changed"
  | "concern_review.labelled"
  | "concern_review.redacted"
  | "concern_review.restored"
  | "concern_review.second_asked"
  | "concern_review.second_expired"
  | "concern_review.second_overruled"
  | "concern_review.submitted"
  | "group.changed"
  | "listed.changed"
  | "note.added"
  | "note.redacted"
  | "participation.changed"
  | "poll.closed"
  | "poll.counted"
  | "poll.edited"
  | "poll.handed_over"
  | "poll.held_back"
  | "poll.opened"
  | "poll.prepared"
  | "poll.removed"
  | "poll.revealed"
  | "promises.recalled"
  | "publisher.changed"
  | "question.answered"
  | "question.answered_in_writing"
  | "question.approved"
  | "question.edited"
  | "question.forwarded"
  | "question.highlighted"
  | "question.labelled"
  | "question.merged"
  | "question.not_reached"
  | "question.promised"
  | "question.redacted"
  | "question.rejected"
  | "question.related"
  | "question.reopened"
  | "question.reported"
  | "question.restored"
  | "question.reverted"
  | "question.second_asked"
  | "question.second_expired"
  | "question.second_overruled"
  | "question.shown"
  | "question.split"
  | "question.submitted"
  | "question.unhighlighted"
  | "question.unpublished"
  | "question.unshown"
  | "question.withdrawn"
  | "reactions.counted"
  | "review.changed"
  | "review.redacted"
  | "rules.changed"
  | "sanction.issued"
  | "sanction.lifted"
  | "sanction.redacted"
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
  | "staff.redacted"
  | "staff.said"
  | "stream.changed"
  | "stream.removed"
  | "support.counted"
  | "support.removed";

export const MAX_COMMAND_BYTES = 8192;
