// Words. English strings are the keys; other languages come from the one gettext catalogue, which
// `manage.py messages` writes to `generated/messages.<language>.json`.

type Values = Readonly<Record<string, string | number>>;
export type Catalogue = Readonly<Record<string, string | readonly string[]>>;

let language = "en";
let catalogue: Catalogue = {};
let plural = new Intl.PluralRules("en");

/** Take the words of `wanted`; call before anything is shown. A page's islands add to each other. */
export function speak(wanted: string, words: Catalogue): void {
  catalogue = { ...catalogue, ...words };
  language = wanted;
  plural = new Intl.PluralRules(wanted);
  numbers.clear();
}

/** The language of the interface, for `Intl`. */
export function locale(): string {
  return language;
}

/** `message` in the person's language, with `{name}` filled in. */
export function t(message: string, values: Values = {}): string {
  const found = catalogue[message];
  const text = typeof found === "string" && found ? found : (found?.[0] ?? message);
  return fill(text, values);
}

/** The form for `n`, which may stand in the text as `{n}`. */
export function tn(one: string, many: string, n: number, values: Values = {}): string {
  const single = plural.select(n) === "one";
  const found = catalogue[one];
  const translated = Array.isArray(found) ? found[single ? 0 : 1] : undefined;
  return fill(translated || (single ? one : many), { n: number(n), ...values });
}

/** To make one takes a hundred times as long as to use it, and lists have thousands of numbers. */
const numbers = new Map<string, Intl.NumberFormat>();

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  const key = JSON.stringify(options);
  let format = numbers.get(key);
  if (!format) numbers.set(key, (format = new Intl.NumberFormat(language, options)));
  return format.format(value);
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
