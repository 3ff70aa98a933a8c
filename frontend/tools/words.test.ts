import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closure, said } from "./words";

let folder: string;

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "words-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the words of an island", () => {
  it("are those of everything it is made of, and of nothing else", () => {
    const entry = write("islands/a/index.ts", 'export { default } from "./A.svelte";');
    write("islands/a/A.svelte", 'import { b } from "../../lib/b";\nimport "svelte";\n{t("Hello")}');
    write("lib/b.ts", 'export const b = () => import("./late");\nt("From b")');
    write("lib/late/index.ts", 'import { b } from "../b";\nt("Late")');
    write("lib/other.ts", 't("Elsewhere")');
    expect(said(closure(entry))).toEqual(new Set(["Hello", "From b", "Late"]));
  });

  it("end where another island begins, which brings its own", () => {
    const entry = write("islands/a/index.ts", 'import("../b/index");\nt("Here")');
    write("islands/b/index.ts", 't("There")');
    expect(said(closure(entry))).toEqual(new Set(["Here"]));
  });

  it("are found over several lines, with quotes inside, and by their singular", () => {
    const file = write(
      "a.svelte",
      `{t(
        "A long \\"one\\"",
      )} {tn("{n} vote", "{n} votes", 3)} {start("not this")} {format.t("nor that, but harmless")}`,
    );
    const found = said([file]);
    expect(found).toContain('A long "one"');
    expect(found).toContain("{n} vote");
    expect(found).not.toContain("not this");
  });
});
