export { default } from "./Notify.svelte";
