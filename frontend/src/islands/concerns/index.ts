export { default } from "./Concerns.svelte";
