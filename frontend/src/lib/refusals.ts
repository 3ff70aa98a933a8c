import { HttpError } from "./http";
import { t } from "./i18n";
import { Refused, type RefusalCode } from "./timeline/outbox";

/** What to tell a person whose command was refused. The server's own words come first. */
export function explain(error: unknown): string {
  if (error instanceof Refused) return error.message || words(error.code);
  if (error instanceof HttpError && error.status < 500) return error.message;
  return t("Something went wrong. Please try again.");
}

function words(code: RefusalCode): string {
  switch (code) {
    case "unreachable":
      return t("The server did not answer. Check your connection and try again.");
    case "too_large":
      return t("This is too long.");
    default:
      return t("This could not be done.");
  }
}
