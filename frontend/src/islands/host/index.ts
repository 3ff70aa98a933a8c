export { default } from "./Host.svelte";
