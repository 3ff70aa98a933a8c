/** An HTTP answer that says no. `code` is that of the problem (RFC 9457), where there is one. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "HttpError";
  }
}

/** The token that Django wants with anything but reading. */
function csrf(): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  return cookie ?? field?.value ?? "";
}

/** Ask our own server; JSON in, JSON out. Raises `HttpError`, or `TypeError` without network. */
export async function request<T>(
  address: string,
  {
    method = "GET",
    body,
    signal,
  }: { method?: "GET" | "POST" | "PUT" | "DELETE"; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const answer = await fetch(address, {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      ...(method === "GET" ? {} : { "X-CSRFToken": csrf() }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    // What was pressed counts, though one leaves the page at once. (Browsers limit such bodies.)
    keepalive: method !== "GET" && body === undefined,
  });
  if (answer.ok) return (await answer.json()) as T;
  const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  throw new HttpError(answer.status, problem.code ?? "", problem.detail ?? answer.statusText);
}
