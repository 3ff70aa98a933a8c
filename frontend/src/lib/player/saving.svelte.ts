// Whether to spare data on this device: what the browser tells, or what its owner has said.

interface NetworkInformation extends EventTarget {
  saveData?: boolean;
  type?: string;
  effectiveType?: string;
}

const KEPT_AS = "palabre.saving";

function network(): NetworkInformation | undefined {
  return (navigator as Navigator & { connection?: NetworkInformation }).connection;
}

/** Whether data seems dear here. Safari and Firefox do not tell: a telephone is taken to be on
 * mobile data until its owner says otherwise. */
export function dataIsDear(): boolean {
  const known = network();
  if (!known) return matchMedia?.("(pointer: coarse) and (max-width: 40rem)").matches ?? false;
  return (
    known.saveData === true ||
    known.type === "cellular" ||
    ["slow-2g", "2g", "3g"].includes(known.effectiveType ?? "")
  );
}

class Saving {
  #said = $state<boolean | null>(kept());
  #seems = $state(dataIsDear());

  constructor() {
    network()?.addEventListener?.("change", () => (this.#seems = dataIsDear()));
  }

  get on(): boolean {
    return this.#said ?? this.#seems;
  }

  /** What the owner of the device wants from now on, on every page. */
  set on(wanted: boolean) {
    this.#said = wanted;
    try {
      localStorage.setItem(KEPT_AS, wanted ? "1" : "0");
    } catch {
      // Private windows may refuse: it holds for this page.
    }
  }
}

function kept(): boolean | null {
  try {
    const value = localStorage.getItem(KEPT_AS);
    return value === null ? null : value === "1";
  } catch {
    return null;
  }
}

export const saving = new Saving();
