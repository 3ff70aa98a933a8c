// The service worker: shows notifications. Served at /sw.js, so that all pages are in its scope.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let notice = {};
  try {
    notice = event.data.json();
  } catch {
    // Nothing we sent: a browser that shows nothing loses the right to be told.
  }
  event.waitUntil(
    self.registration.showNotification(notice.title || "Palabre", {
      body: notice.body || "",
      tag: notice.tag || "palabre",
      icon: "/static/img/icon-192.png",
      data: { url: notice.url || "/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  // Only our own pages.
  const target = url.origin === self.location.origin ? url.href : self.location.origin;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const open = windows.find((one) => one.url === target);
      return open ? open.focus() : self.clients.openWindow(target);
    }),
  );
});
