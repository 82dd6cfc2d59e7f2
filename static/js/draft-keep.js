// Keeps a step of a new referral while it is typed. Without script, every button of a step keeps.
// The form names where: data-draft-url; data-draft-version is the version that is on the screen.

const WAIT_MS = 1500;

const form = document.querySelector("form[data-draft-keep]");
const said = document.querySelector("[data-draft-saved]");
let timer = 0;
let running = false;
let again = false;
let over = false;

function typed() {
  const data = new FormData(form);
  data.delete("once"); // it belongs to the press of a button
  data.set("seen", form.dataset.draftVersion || "");
  return data;
}

function take(kept) {
  form.dataset.draftVersion = kept.version || "";
  if (said) said.textContent = kept.words;
  if (kept.url && form.dataset.draftNew) {
    delete form.dataset.draftNew;
    form.action = kept.url;
    window.history.replaceState(null, "", kept.url);
  }
}

async function keep() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: typed(),
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
    if (answer.ok) {
      take(await answer.json());
    } else if (answer.status === 409) {
      over = true;
      if (said) said.textContent = form.dataset.draftStale;
    }
  } catch {
    // The next key tries again; the buttons of the form keep as well.
  }
  running = false;
  if (again && !over) {
    again = false;
    keep();
  }
}

function later() {
  window.clearTimeout(timer);
  if (!over) timer = window.setTimeout(keep, WAIT_MS);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    over = true;
    window.clearTimeout(timer);
  });
}
