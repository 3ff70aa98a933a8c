export { default } from "./Prepare.svelte";
