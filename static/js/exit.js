// Leaving a public page at once: an exit link, or Shift pressed three times. The behaviour is that of
// "Exit this page" of the GOV.UK Design System. Without this script the links still work; the page
// then stays in the tab's history.

const PRESSES = 3;
const PRESS_WINDOW_MS = 5000;

const links = document.querySelectorAll("[data-exit]");
const words = document.querySelector("[data-exit-leaving]")?.dataset;
const dots = document.querySelector("[data-exit-dots]");
const status = document.querySelector("[data-exit-status]");
const title = document.title;

let presses = 0;
let timer = 0;
let shiftAlone = false;
let hiddenByUs = [];

function showPresses() {
  dots?.classList.toggle("is-shown", presses > 0);
  dots?.querySelectorAll(".dot").forEach((dot, index) => {
    dot.classList.toggle("is-on", index < presses);
  });
}

function say(text) {
  if (status) status.textContent = text;
}

function reset() {
  window.clearTimeout(timer);
  presses = 0;
  showPresses();
}

// Covers everything before the slow part, the network, begins.
function cover() {
  uncover();
  hiddenByUs = [...document.body.children].filter((part) => !part.hidden);
  hiddenByUs.forEach((part) => {
    part.hidden = true;
  });
  const sheet = document.createElement("div");
  sheet.className = "exit-cover";
  sheet.setAttribute("role", "alert");
  sheet.textContent = words.exitLeaving;
  document.body.append(sheet);
  document.body.classList.add("is-leaving");
  document.title = words.exitLeaving;
}

function uncover() {
  document.querySelectorAll(".exit-cover").forEach((sheet) => sheet.remove());
  document.body.classList.remove("is-leaving");
  hiddenByUs.forEach((part) => {
    part.hidden = false;
  });
  hiddenByUs = [];
  document.title = title;
}

function leave() {
  reset();
  cover();
  // Replaced, so that the page that was left is not one step back from the page that comes.
  window.location.replace(links[0].href);
}

function press() {
  presses += 1;
  showPresses();
  window.clearTimeout(timer);
  if (presses >= PRESSES) {
    leave();
    return;
  }
  say(presses === 1 ? words.exitFirst : words.exitSecond);
  timer = window.setTimeout(() => {
    reset();
    say(words.exitTimeout);
  }, PRESS_WINDOW_MS);
}

// Somebody goes back from another site to an answer: they get the start page. Only browsers that say
// where one came from can do this; the others show what they have.
function cameBackFromElsewhere() {
  const [visit] = performance.getEntriesByType("navigation");
  const activation = window.navigation?.activation;
  return visit?.type === "back_forward" && Boolean(activation) && activation.from === null;
}

function startAgain() {
  const start = document.querySelector("[data-start]");
  if (!start || !document.querySelector("[data-answer]") || !cameBackFromElsewhere()) return;
  cover();
  window.location.replace(start.href);
}

if (links.length && words) {
  startAgain();
  links.forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  });
  // A press counts when Shift goes down and up with no other key between: typing capitals never leaves.
  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    shiftAlone = event.key === "Shift" && !modified;
    if (event.key !== "Shift" && presses > 0) {
      reset();
      say("");
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && shiftAlone) press();
    shiftAlone = false;
  });
  // The back button may bring the covered page out of memory.
  window.addEventListener("pageshow", () => {
    uncover();
    reset();
    say("");
    startAgain();
  });
}
