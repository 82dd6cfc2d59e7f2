// Warns two minutes before an idle desk locks, saves drafts, then locks for good by signing out.
// The server ends idle sessions by itself; this only makes it visible and covers the screen.

const WARNING_MS = 2 * 60 * 1000;
const CHECK_MS = 5 * 1000;
const ASK_MS = 5 * 60 * 1000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll"];

const dialog = document.querySelector("[data-idle-minutes]");
const lockForm = document.querySelector("form[data-lock]");
// Other tabs of the same desk count as life here too. Nothing is stored.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("ccr-desk") : null;

let lastSign = Date.now();
let lastTold = 0;
let lastAsked = Date.now();
let locking = false;

function sign() {
  lastSign = Date.now();
  if (lastSign - lastTold > CHECK_MS) {
    lastTold = lastSign;
    tabs?.postMessage("here");
  }
}

// A form that can keep a draft names where: <form data-draft-url="…">.
function saveDrafts() {
  const saves = [...document.querySelectorAll("form[data-draft-url]")].map((form) =>
    fetch(form.dataset.draftUrl, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      redirect: "manual",
    }).catch(() => null),
  );
  return Promise.all(saves);
}

// Any page asked for keeps the session alive on the server: long typing must not end it.
function askServer() {
  lastAsked = Date.now();
  fetch(dialog.dataset.stayUrl, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
}

function stay() {
  dialog.close();
  lastTold = 0;
  sign();
  askServer();
}

async function lock() {
  if (locking) return;
  locking = true;
  document.querySelectorAll("main, footer").forEach((part) => {
    part.hidden = true;
  });
  await Promise.race([saveDrafts(), new Promise((done) => setTimeout(done, 3000))]);
  if (lockForm) {
    const signOut = { method: "POST", body: new FormData(lockForm), credentials: "same-origin", redirect: "manual" };
    await fetch(lockForm.action, signOut).catch(() => null);
  }
  window.location.replace(dialog.dataset.leaveUrl);
}

function check() {
  const limit = Number(dialog.dataset.idleMinutes) * 60 * 1000;
  const idle = Date.now() - lastSign;
  if (idle >= limit) {
    lock();
  } else if (idle >= limit - WARNING_MS && !dialog.open) {
    saveDrafts();
    dialog.showModal();
  } else if (idle < limit - WARNING_MS && dialog.open) {
    dialog.close();
  } else if (lastSign > lastAsked && Date.now() - lastAsked > ASK_MS) {
    askServer();
  }
}

if (dialog) {
  SIGNS_OF_LIFE.forEach((name) => {
    document.addEventListener(name, () => !dialog.open && sign(), { passive: true, capture: true });
  });
  if (tabs) {
    tabs.onmessage = () => {
      lastSign = Date.now();
    };
  }
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-idle-lock]").addEventListener("click", lock);
  dialog.addEventListener("cancel", stay);
  document.addEventListener("visibilitychange", check);
  window.setInterval(check, CHECK_MS);
}
