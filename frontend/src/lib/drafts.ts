/** Texts under way, kept on this device until they were sent. Storage may be refused: then not. */
export const drafts = {
  read(name: string): string {
    try {
      return localStorage.getItem(`palabre:draft:${name}`) ?? "";
    } catch {
      return "";
    }
  },
  write(name: string, text: string): void {
    try {
      if (text) localStorage.setItem(`palabre:draft:${name}`, text);
      else localStorage.removeItem(`palabre:draft:${name}`);
    } catch {
      // Private windows refuse storage; the text stays in the form.
    }
  },
};
