/** Of what takes a while, only the last thing begun counts. */
export class Latest {
  #count = 0;

  /** Begin something; the answer tells whether nothing else was begun since. */
  begin(): () => boolean {
    const mine = ++this.#count;
    return () => mine === this.#count;
  }
}
