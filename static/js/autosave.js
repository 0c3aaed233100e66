// Saves a section while somebody writes, through the same door as its button. A line under the form says when.
// The line is quiet: only a fault is read out. Without this script the buttons do the same.
const PAUSE = 1500;
const AGAIN = 15000;
const form = document.querySelector("form[data-autosave]");
const line = document.createElement("p");
const fault = document.createElement("p");
let timer = 0;
let saving = null;
let sent = "";
let leaving = false;

line.className = "hint saved";
fault.className = "hint saved";
fault.setAttribute("role", "status");
form.append(line, fault);

// This window's saves are counted, so that a later one is known to go on from an earlier one whose answer was lost.
const count = () => {
  const [name, turns] = form.elements.window.value.split(":");
  form.elements.window.value = `${name}:${Number(turns) + 1}`;
};

const answers = () => {
  const data = new FormData(form);
  data.set("autosave", "1");
  return data;
};

const written = () => {
  const data = answers();
  data.delete("seen");
  data.delete("window");
  data.delete("csrfmiddlewaretoken");
  return JSON.stringify([...data]);
};

const say = (words, problem = "") => {
  line.textContent = words;
  if (fault.textContent !== problem) fault.textContent = problem;
};

const clock = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang || "en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(moment));

const answer = async (response) => {
  // A sign-in page is a redirect, which is not followed: nothing typed is lost, it stays in the form.
  if (response.type === "opaqueredirect") return say("", form.dataset.signedOut);
  if (!response.ok) return say("", form.dataset.refused);
  const { seen, at } = await response.json();
  form.elements.seen.value = seen;
  say(form.dataset.saved.replace("%s", clock(at)));
};

const save = async () => {
  clearTimeout(timer);
  if (saving || leaving || written() === sent) return;
  const now = written();
  count();
  try {
    saving = fetch(form.action, { method: "POST", body: answers(), redirect: "manual", keepalive: true });
    await answer(await saving);
    sent = now;
  } catch {
    if (!leaving) say("", form.dataset.offline);
    timer = setTimeout(save, AGAIN);
  } finally {
    saving = null;
  }
  if (!leaving && sent === now && written() !== sent) later();
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
};

// A page that names a wrong answer came by a button; a step back to it shall open the section, not ask to send it again.
history.replaceState(history.state, "");

sent = written();
form.addEventListener("input", later);
form.addEventListener("change", later);
addEventListener("online", save);
// A phone may never wake a page again that was put aside.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});

// The button waits for a save that is under way, so that a window is never told that it is older than itself.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (leaving || !saving) {
    leaving = true;
    count();
    return;
  }
  event.preventDefault();
  const button = event.submitter;
  await saving.catch(() => {});
  await new Promise((done) => setTimeout(done));
  leaving = true;
  delete form.dataset.sent;
  form.requestSubmit(button);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) leaving = false;
});
