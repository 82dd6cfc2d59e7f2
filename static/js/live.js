// Says when a page is no longer what it shows, and keeps the counts of the navigation right. It asks
// every half minute while the page is seen and somebody is here; it never moves the focus, and it
// is no sign of life: an idle desk locks as it does without it.

const EVERY_MS = 30 * 1000;
const HERE_MS = 5 * 60 * 1000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll"];
const KEYS = { inbox: "inbox", sent: "sent", follow_ups: "follow-ups", consultations: "consultations" };

const note = document.querySelector("[data-live-url]");
let lastSign = Date.now();
let lastAsked = Date.now();
let over = false;

function setCounts(found) {
  for (const [name, key] of Object.entries(KEYS)) {
    document.querySelectorAll(`[data-count="${key}"]`).forEach((place) => {
      const number = place.querySelector(".count-pill") ?? place;
      if (number.textContent !== String(found[name])) number.textContent = found[name];
      place.hidden = !found[name];
    });
  }
}

function say() {
  if (note.childElementCount) return;
  const link = document.createElement("a");
  link.href = note.dataset.livePage;
  link.textContent = note.dataset.liveShow;
  note.append(`${note.dataset.liveWords} `, link);
}

async function ask() {
  lastAsked = Date.now();
  try {
    const answer = await fetch(note.dataset.liveUrl, { credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) {
      // Signed out, or it is no longer there for this program: the next press of a key says so.
      over = answer.status < 500;
      if (answer.status === 404) say();
      return;
    }
    const found = await answer.json();
    setCounts(found);
    if (found.token !== note.dataset.liveToken) say();
  } catch {
    // No line just now: asked again in half a minute.
  }
}

function look() {
  const here = Date.now() - lastSign < HERE_MS;
  if (!over && here && !document.hidden && Date.now() - lastAsked >= EVERY_MS) ask();
}

if (note) {
  SIGNS_OF_LIFE.forEach((name) => {
    document.addEventListener(
      name,
      () => {
        lastSign = Date.now();
      },
      { passive: true, capture: true },
    );
  });
  document.addEventListener("visibilitychange", look);
  window.setInterval(look, 5000);
}
