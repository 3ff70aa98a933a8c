export { default } from "./Projector.svelte";
