// Files on their way to the town hall's documents. Each goes in parts, goes on by itself after a
// cut, and becomes a draft when it is there. The server is `portal/views/uploads.py` (tus 1.0.0).

import { DetailedError, Upload, defaultOptions } from "tus-js-client";
import { t } from "../../lib/i18n";

export interface Props {
  language: string;
  uploads: string;
  adopt: string;
  /** Megabytes. */
  most: number;
}

export interface Sending {
  readonly file: File;
  sent: number;
  state: "waiting" | "sending" | "checking" | "done" | "refused";
  /** Why it was refused; or what the draft is called. */
  says: string;
  edit: string;
}

/** A telephone's network loses no more than this when it is cut. */
const PART = 512 * 1024;
const SIDE_BY_SIDE = 2;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000];
const MEGABYTE = 1024 * 1024;

interface Answer {
  title?: string;
  edit?: string;
}

export class Sendings {
  all = $state<Sending[]>([]);
  readonly #props: Props;
  readonly #form: () => HTMLFormElement | null;

  constructor(props: Props, form: () => HTMLFormElement | null) {
    this.#props = props;
    this.#form = form;
  }

  get busy(): boolean {
    return this.all.some((one) => ["waiting", "sending", "checking"].includes(one.state));
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      this.all.push({ file, sent: 0, state: "waiting", says: "", edit: "" });
      const added = this.all.at(-1);
      if (added && file.size > this.#props.most * MEGABYTE)
        refuse(added, t("The file is larger than {most} MB.", { most: this.#props.most }));
      else if (added && file.size === 0) refuse(added, t("The file is empty."));
    }
    this.#next();
  }

  #next(): void {
    const sending = this.all.filter((one) => ["sending", "checking"].includes(one.state)).length;
    const waiting = this.all.filter((one) => one.state === "waiting");
    for (const one of waiting.slice(0, SIDE_BY_SIDE - sending)) void this.#send(one);
  }

  async #send(one: Sending): Promise<void> {
    one.state = "sending";
    const upload = new Upload(one.file, {
      endpoint: this.#props.uploads,
      chunkSize: PART,
      retryDelays: RETRY_MS,
      metadata: { filename: one.file.name },
      headers: { "X-CSRFToken": token() },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error, _attempt, options) =>
        ![413, 422, 401, 403].includes(status(error)) &&
        (defaultOptions.onShouldRetry?.(error, _attempt, options) ?? true),
      onProgress: (sent) => (one.sent = sent),
      onSuccess: () => void this.#adopt(one, upload.url ?? ""),
      onError: (error) => {
        refuse(one, words(error));
        this.#next();
      },
    });
    const earlier = await upload.findPreviousUploads();
    if (earlier[0]) upload.resumeFromPreviousUpload(earlier[0]);
    upload.start();
  }

  /** Have the file taken, with what the form says of all of them. */
  async #adopt(one: Sending, url: string): Promise<void> {
    one.state = "checking";
    const said = new FormData(this.#form() ?? undefined);
    said.delete("uploads");
    said.set("do", "adopt");
    said.set("upload", url.split("/").at(-1) ?? "");
    try {
      const answer = await fetch(this.#props.adopt, {
        method: "POST",
        body: said,
        headers: { "X-CSRFToken": token() },
      });
      const told = (await answer.json()) as Answer;
      if (answer.ok) Object.assign(one, { state: "done", says: told.title, edit: told.edit });
      else refuse(one, told.title ?? t("The file could not be taken."));
    } catch {
      refuse(one, t("The network was cut at the very end: send this file again."));
    }
    this.#next();
  }
}

function refuse(one: Sending, why: string): void {
  one.state = "refused";
  one.says = why;
}

function token(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

function status(error: Error): number {
  return error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

function words(error: Error): string {
  if (error instanceof DetailedError) {
    try {
      const told = JSON.parse(error.originalResponse?.getBody() ?? "") as Answer;
      if (told.title) return told.title;
    } catch {
      // No problem document: a proxy's page, or nothing at all.
    }
  }
  return t("The network did not come back: send this file again, it goes on where it stopped.");
}
