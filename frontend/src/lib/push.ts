// Notifications on this device (RFC 8030, 8291, 8292), for those who ask for them.

import { request } from "./http";

interface PushState {
  public_key: string;
  devices: number;
}

/** Whether this browser can show notifications, and was not told never to. */
export function pushPossible(): boolean {
  return (
    "serviceWorker" in navigator &&
    "PushManager" in window &&
    "Notification" in window &&
    Notification.permission !== "denied"
  );
}

/** Other pages of the site on this device. Browsers without it learn when they connect again. */
function others(): BroadcastChannel | null {
  return typeof BroadcastChannel === "function" ? new BroadcastChannel("palabre:push") : null;
}

/** Be told when another page of this device allowed notifications. Returns how to stop. */
export function onAllowed(tell: () => void): () => void {
  const channel = others();
  channel?.addEventListener("message", tell);
  return () => channel?.close();
}

/** Subscribe this device at `address`. Raises when the person, the browser or the server refuses. */
export async function allowPush(address: string): Promise<void> {
  const { public_key } = await request<PushState>(address);
  await navigator.serviceWorker.register("/sw.js");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(public_key),
  });
  const { endpoint, keys } = subscription.toJSON();
  await request<PushState>(address, {
    method: "POST",
    body: { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] },
  });
  const channel = others();
  channel?.postMessage(null);
  channel?.close();
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
