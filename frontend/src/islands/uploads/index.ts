export { default } from "./Uploads.svelte";
