// The player, with words of its own: a page that only reads pays for neither.
export { default } from "../../lib/player/Player.svelte";
export { default as Cost } from "../../lib/player/Cost.svelte";
export { default as Line } from "../../lib/player/Line.svelte";
export { default as Saving } from "../../lib/player/Saving.svelte";
export { default as Unplayable } from "../../lib/player/Unplayable.svelte";
