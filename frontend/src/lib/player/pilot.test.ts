import { describe, expect, it } from "vitest";
import { Guard, pace, recovered, type Sight } from "./pilot";

const well: Sight = { playing: true, online: true, ahead: 4, missing: 0, late: 0, smaller: false };
const starving: Sight = { ...well, ahead: 0.8, missing: 3 };

describe("sound before picture", () => {
  it("takes the picture away when its buffer stays nearly empty", () => {
    const guard = new Guard();
    expect(guard.starves(starving, 10, false)).toBe(false);
    expect(guard.starves(starving, 10.5, false)).toBe(false);
    expect(guard.starves(starving, 11, false)).toBe(true);
  });

  it("leaves it when a dip passes", () => {
    const guard = new Guard();
    guard.starves(starving, 10, false);
    guard.starves(well, 10.5, false);
    expect(guard.starves(starving, 11, false)).toBe(false);
  });

  it("does not blame the citizen's network for a hall that is silent", () => {
    const guard = new Guard();
    const silent = { ...starving, missing: 0 };
    guard.starves(silent, 10, false);
    expect(guard.starves(silent, 20, false)).toBe(false);
    // A playlist that does not come is the network's.
    guard.starves({ ...silent, late: 3 }, 30, false);
    expect(guard.starves({ ...silent, late: 3 }, 31, false)).toBe(true);
  });

  it("waits while there is no network at all, and while nothing is played", () => {
    const guard = new Guard();
    for (const sight of [
      { ...starving, online: false },
      { ...starving, playing: false },
    ]) {
      guard.starves(sight, 10, false);
      expect(guard.starves(sight, 20, false)).toBe(false);
    }
  });

  it("gives a smaller picture the time to come first", () => {
    const guard = new Guard();
    const choosing = { ...starving, smaller: true };
    guard.starves(choosing, 10, false);
    expect(guard.starves(choosing, 11, false)).toBe(false);
    expect(guard.starves(choosing, 13, false)).toBe(true);
  });

  it("keeps a smaller reserve where one takes part", () => {
    const guard = new Guard();
    guard.starves(starving, 10, true);
    expect(guard.starves(starving, 20, true)).toBe(false);
  });

  it("tries the picture again by itself, later each time", () => {
    const guard = new Guard();
    guard.taken(100);
    expect(guard.due(105)).toBe(false);
    expect(guard.due(112)).toBe(true);
    guard.failed(112);
    expect(guard.due(130)).toBe(false);
    expect(guard.due(136)).toBe(true);
    guard.reset();
    expect(guard.due(136)).toBe(true);
  });

  it("brings it back once it loads faster than it plays", () => {
    expect(recovered(4.2, 6, 400_000, 200_000)).toBe(true);
    expect(recovered(4.2, 6, 210_000, 200_000)).toBe(false);
    expect(recovered(1, 6, 400_000, 200_000)).toBe(false);
    // With little between oneself and the present, little can be loaded ahead.
    expect(recovered(1.2, 2, 400_000, 200_000)).toBe(true);
  });
});

describe("keeping up with what is live", () => {
  it("hurries gently, and not for nothing", () => {
    expect(pace(0.3, true, 1)).toBe(1);
    expect(pace(1, true, 1)).toBe(1.15);
    expect(pace(0.3, true, 1.15)).toBe(1.15);
    expect(pace(0.1, true, 1.15)).toBe(1);
    expect(pace(3, false, 1)).toBe(1);
    expect(pace(6, false, 1)).toBe(1.08);
  });

  it("jumps to the present only for those who take part: others miss nothing", () => {
    expect(pace(40, true, 1)).toBe("jump");
    expect(pace(40, false, 1)).toBe(1.08);
  });
});
