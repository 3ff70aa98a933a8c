import { Connected } from "./connected.svelte";
import type { Props } from "./props";
import { explain } from "./refusals";
import { Sitting } from "./sitting.svelte";

/** A page's live connection to its sitting. */
export class Session extends Connected<Sitting> {
  constructor(
    readonly props: Props,
    options: { written?: boolean } = {},
  ) {
    super(new Sitting(props.sitting), props, options);
  }

  get sitting(): Sitting {
    return this.folded;
  }
}

/** One thing being done at a time, with what went wrong. For buttons and forms. */
export class Doing {
  busy = $state(false);
  error = $state("");

  /** `say`: what to tell of what went wrong. */
  constructor(private readonly say: (error: unknown) => string = explain) {}

  /** True when it was done. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.error = this.say(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
