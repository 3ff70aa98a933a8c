export { default } from "./Control.svelte";
