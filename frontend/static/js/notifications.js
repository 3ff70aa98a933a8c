// Allowing notifications on this device: shows the button of [data-notifications] where the
// browser can do it, and subscribes when it is pressed.

const API = "/api/v1/me/push";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

async function subscribe() {
  const { public_key } = await (await fetch(API)).json();
  const registration = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(public_key),
  });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(API, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

for (const place of document.querySelectorAll("[data-notifications]")) {
  const button = place.querySelector("button");
  if (!("serviceWorker" in navigator && "PushManager" in window && button)) continue;
  if (Notification.permission === "denied") continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await subscribe();
      button.hidden = true;
    } catch {
      button.disabled = false;
    }
  });
}
