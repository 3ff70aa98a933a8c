import { describe, expect, it } from "vitest";
import { meant, type Act } from "./keys";

function press(key: string, markup = "<div></div>", more: KeyboardEventInit = {}): Act | null {
  document.body.innerHTML = markup;
  let found: Act | null = null;
  document.body.onkeydown = (event) => void (found = meant(event));
  const target = document.body.firstElementChild;
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return found;
}

describe("the keyboard", () => {
  it("plays, moves, mutes, fills the screen and goes back to live", () => {
    expect(press("k")).toBe("toggle");
    expect(press(" ")).toBe("toggle");
    expect(press("ArrowLeft")).toBe("back");
    expect(press("ArrowRight")).toBe("forward");
    expect(press("M")).toBe("mute");
    expect(press("f")).toBe("full");
    expect(press("l")).toBe("live");
    expect(press("?")).toBe("legend");
    expect(press("x")).toBeNull();
  });

  it("is left alone while one types, chooses or uses the browser's own keys", () => {
    expect(press("k", "<input>")).toBeNull();
    expect(press("m", "<textarea></textarea>")).toBeNull();
    expect(press("ArrowLeft", "<select></select>")).toBeNull();
    expect(press("l", "<div></div>", { ctrlKey: true })).toBeNull();
  });

  it("leaves space to buttons and arrows to sliders", () => {
    expect(press(" ", "<button></button>")).toBeNull();
    expect(press("k", "<button></button>")).toBe("toggle");
    expect(press("ArrowLeft", '<input type="range">')).toBeNull();
    expect(press("m", '<input type="range">')).toBe("mute");
  });
});
