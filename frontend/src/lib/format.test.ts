import { afterEach, expect, test } from "vitest";
import { clock, day } from "./format";
import { speak } from "./i18n";

afterEach(() => speak("en", {}));

test("hours are written as the pages of the server write them", () => {
  const at = Date.UTC(2026, 10, 24, 8, 5); // an hour later in Porto-Novo
  speak("fr", {});
  expect(clock(at)).toBe("9\u00a0h\u00a005");
  expect(clock(Date.UTC(2026, 10, 24, 14, 0))).toBe("15\u00a0h");
  expect(clock(Date.UTC(2026, 10, 24, 23, 30))).toBe("0\u00a0h\u00a030");
  expect(day(at)).toBe("mardi 24 novembre à 9\u00a0h\u00a005");
  speak("en", {});
  expect(clock(at)).toMatch(/^0?9:05/);
});
