// Keys for a list of results or of referrals. "/" goes to the words, "?" shows the keys, "j" goes into the list;
// everything else works only while the list has the focus. None of it inside a field, and all of it
// can be switched off (WCAG 2.1.4): the one thing that is kept, on this device, is that it is off.

const KEPT = "ccr-list-keys";
const FIELDS = "input, select, textarea, [contenteditable]";

const dialog = document.querySelector("[data-keys-dialog]");
const opener = document.querySelector("[data-keys-opener]");
const list = document.querySelector("[data-results]");
const rows = list ? [...list.querySelectorAll("[data-result]")] : [];

function kept() {
  try {
    return window.localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    if (on) window.localStorage.removeItem(KEPT);
    else window.localStorage.setItem(KEPT, "off");
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}

let on = kept();

function here() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function linkOf(row) {
  return row.querySelector("a[href]");
}

function go(step) {
  const next = Math.min(Math.max(here() + step, 0), rows.length - 1);
  if (rows[next]) linkOf(rows[next]).focus();
}

function show() {
  dialog.showModal();
}

function press() {
  rows[here()]?.querySelector("button[formaction], input[type=checkbox]")?.click();
}

function open() {
  linkOf(rows[here()]).click();
}

const ANYWHERE = { "/": () => document.querySelector("#words, #code")?.focus(), "?": show, j: () => go(1) };
const IN_THE_LIST = {
  k: () => go(-1),
  ArrowDown: () => go(1),
  ArrowUp: () => go(-1),
  c: press,
};

function meaning(key) {
  if (key in ANYWHERE) return ANYWHERE[key];
  if (!list?.contains(document.activeElement)) return undefined;
  // On a link or a button, Enter does what it always does.
  if (key === "Enter") return document.activeElement === rows[here()] ? open : undefined;
  return IN_THE_LIST[key];
}

function act(event) {
  if (!on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  const does = meaning(event.key);
  if (!does) return;
  event.preventDefault();
  does();
}

if (dialog && opener) {
  opener.hidden = false;
  opener.addEventListener("click", show);
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  const box = dialog.querySelector("[data-keys-on]");
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    keep(on);
  });
  document.addEventListener("keydown", act);
  // After a press on a row the page comes back at this row: so does the focus.
  const pressed = rows.find((row) => `#${row.id}` === window.location.hash);
  pressed?.focus({ preventScroll: true });
}
