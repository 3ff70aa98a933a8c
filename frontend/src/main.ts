// Mounts the islands of a page. Each is loaded by itself, with its words.

import words from "virtual:words";
import type { Component } from "svelte";
import { mount } from "svelte";
import { speak } from "./lib/i18n";
import type { Props } from "./lib/props";

type Island = Component<{ props: Props; inputs: HTMLInputElement[] }>;

const islands = import.meta.glob<{ default: Island }>("./islands/*/index.ts");

async function start(target: HTMLElement): Promise<void> {
  const load = islands[`./islands/${target.dataset["island"]}/index.ts`];
  const json = target.querySelector('script[type="application/json"]')?.textContent;
  if (!load || !json || target.dataset["mounted"] !== undefined) return;
  target.dataset["mounted"] = "";
  const props = JSON.parse(json) as Props;
  const [{ default: component }, said] = await Promise.all([
    load(),
    words[props.language]?.[target.dataset["island"] ?? ""]?.(),
  ]);
  speak(props.language, said?.default ?? {});
  // A file may be chosen already in what the server wrote, or be about to.
  const inputs = [...target.querySelectorAll<HTMLInputElement>('input[type="file"]')];
  // What the server wrote stays until there is something better.
  target.replaceChildren();
  mount(component, { target, props: { props, inputs } });
}

for (const target of document.querySelectorAll<HTMLElement>("[data-island]")) void start(target);
