// Leaving a public page at once: the exit link, or Shift pressed three times.
// Without this script the link still works; it then stays in the tab's history.

const PRESSES = 3;
const PRESS_WINDOW_MS = 5000;

const link = document.querySelector("[data-exit]");
const dots = document.querySelector("[data-exit-dots]");
const status = document.querySelector("[data-exit-status]");
const title = document.title;

let presses = 0;
let timer = 0;
let shiftAlone = false;

function showPresses() {
  dots?.classList.toggle("is-shown", presses > 0);
  dots?.querySelectorAll(".dot").forEach((dot, index) => {
    dot.classList.toggle("is-on", index < presses);
  });
}

function say(words) {
  if (status) status.textContent = words;
}

function reset() {
  window.clearTimeout(timer);
  presses = 0;
  showPresses();
}

// Covers everything before the slow part, the network, begins.
function cover() {
  const sheet = document.createElement("div");
  sheet.className = "exit-cover";
  sheet.setAttribute("role", "alert");
  sheet.textContent = link.dataset.exitLeaving;
  document.body.append(sheet);
  document.title = link.dataset.exitLeaving;
  document.querySelectorAll("body > :not(.exit-cover)").forEach((part) => {
    part.hidden = true;
  });
}

function uncover() {
  document.querySelectorAll(".exit-cover").forEach((sheet) => sheet.remove());
  document.querySelectorAll("body > [hidden]").forEach((part) => {
    part.hidden = false;
  });
  document.title = title;
  reset();
  say("");
}

function leave() {
  reset();
  cover();
  window.location.replace(link.href);
}

function press() {
  presses += 1;
  showPresses();
  window.clearTimeout(timer);
  if (presses >= PRESSES) {
    leave();
    return;
  }
  say(presses === 1 ? link.dataset.exitFirst : link.dataset.exitSecond);
  timer = window.setTimeout(() => {
    reset();
    say(link.dataset.exitTimeout);
  }, PRESS_WINDOW_MS);
}

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  // A press counts when Shift goes down and up with no other key between: typing capitals never leaves.
  document.addEventListener("keydown", (event) => {
    shiftAlone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && shiftAlone) press();
    shiftAlone = false;
  });
  // The back button may bring the covered page out of memory.
  window.addEventListener("pageshow", uncover);
}
