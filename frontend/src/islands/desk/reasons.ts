import { t } from "../../lib/i18n";

/** Reasons that moderators give most; the author reads them as they are. */
export function reasons(): string[] {
  return [
    t("Somebody has already asked this: support their question."),
    t("This is not about today's sitting."),
    t("This is not a question to the council."),
    t("This attacks a person. Ask about the facts."),
    t("This contains somebody's personal details."),
  ];
}
