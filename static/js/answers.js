// Sends each answer as soon as it is given. What could not be sent stays in this browser, is shown again after a reload
// and goes out when the connection is back. Without this script the buttons do the same for all answers at once.
const AGAIN = 8000;
const form = document.querySelector("form[data-answers]");
const line = form.querySelector("[data-line]");
const fault = form.querySelector("[data-fault]");
const { keep } = form.dataset;
let waiting = {};
let sending = null;
let timer = 0;
let closed = false;

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem(keep)) ?? {};
  } catch {
    return {};
  }
};

const store = () => {
  try {
    if (Object.keys(waiting).length) localStorage.setItem(keep, JSON.stringify(waiting));
    else localStorage.removeItem(keep);
  } catch {
    // A browser that keeps nothing still sends.
  }
};

const say = (words, isFault = false) => {
  line.textContent = words;
  const loud = isFault ? words : "";
  if (fault.textContent !== loud) fault.textContent = loud;
};

const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);

const body = (name) => {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("attempt", form.elements.attempt.value);
  data.set("question", name.replace("question-", ""));
  for (const value of waiting[name]) data.append(name, value);
  return data;
};

const send = async (name) => {
  const sent = JSON.stringify(waiting[name]);
  const response = await fetch(form.dataset.answers, { method: "POST", body: body(name), redirect: "manual" });
  if (response.type === "opaqueredirect" || response.status === 403) return say(form.dataset.signedOut, true), false;
  if (response.status === 409 || response.status === 404) {
    closed = true;
    waiting = {};
    store();
    return say(form.dataset.closed, true), false;
  }
  if (!response.ok) throw new Error(response.statusText);
  const { revision, answered } = await response.json();
  form.elements.seen.value = revision;
  if (JSON.stringify(waiting[name]) === sent) delete waiting[name];
  store();
  say(form.dataset.kept.replace("%d", answered).replace("%t", form.querySelectorAll("fieldset").length));
  return true;
};

const flush = async () => {
  clearTimeout(timer);
  try {
    for (let name; !closed && (name = Object.keys(waiting)[0]); ) {
      if (!(await send(name))) return;
    }
  } catch {
    say(form.dataset.waiting.replace("%w", Object.keys(waiting).length), true);
    timer = setTimeout(start, AGAIN);
  }
};

const start = () => {
  sending ??= flush().finally(() => (sending = null));
  return sending;
};

form.addEventListener("change", (event) => {
  if (closed || !event.target.name?.startsWith("question-")) return;
  waiting[event.target.name] = chosen(event.target.name);
  store();
  start();
});
addEventListener("online", start);

// The button waits for what is on its way. Without a connection nothing is submitted and nothing is lost.
let ready = false;
form.addEventListener("submit", async (event) => {
  if (ready || closed) return;
  if (!sending && !Object.keys(waiting).length) return;
  event.preventDefault();
  await start();
  if (Object.keys(waiting).length) return;
  ready = true;
  delete form.dataset.sent;
  form.requestSubmit(event.submitter);
});

// What an earlier visit could not send comes first.
waiting = stored();
for (const [name, values] of Object.entries(waiting)) {
  for (const box of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) box.checked = values.includes(box.value);
}
// So does what was chosen on a slow line before this script had come.
for (const box of form.querySelectorAll("[name^=question-]")) {
  if (!(box.name in waiting) && box.checked !== box.defaultChecked) waiting[box.name] = chosen(box.name);
}
store();
if (Object.keys(waiting).length) start();
