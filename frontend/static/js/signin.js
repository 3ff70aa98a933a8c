// The code page: fills the code in from the text message where the browser can (WebOTP), and
// counts down to when another code may be asked for. Without it the page works, and the server
// says how long to wait.

const form = document.querySelector("form[data-one-time-code]");
const input = form?.querySelector("input[autocomplete='one-time-code']");

if (input && "OTPCredential" in window) {
  const waiting = new AbortController();
  form.addEventListener("submit", () => waiting.abort());
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: waiting.signal })
    .then((credential) => {
      input.value = credential.code;
      form.requestSubmit();
    })
    .catch(() => {});
}

const again = document.querySelector("button[data-wait]");
if (again) {
  const label = again.textContent;
  const until = Date.now() + Number(again.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    again.disabled = left > 0;
    again.textContent = left > 0 ? again.dataset.waiting.replace("{seconds}", String(left)) : label;
    if (left > 0) setTimeout(tick, 1000 - (Date.now() % 1000));
  };
  tick();
}
