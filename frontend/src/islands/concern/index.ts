export { default } from "./Concern.svelte";
