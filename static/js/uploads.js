// Files go up as soon as they are chosen, one after the other, each with its progress; the page stays where it is.
// Without this script the same form sends them with its buttons, and the server answers with the whole page.
const form = document.querySelector("form[data-uploads]");
const words = document.getElementById("upload-words").dataset;
const row = document.getElementById("upload-row");
const said = document.getElementById("uploads-said");
const most = Number(form.dataset.mostBytes);
const queue = [];
let sending = null;

const say = (sentence) => { said.textContent = sentence; };
const slotOf = (kind) => form.querySelector(`[data-slot="${CSS.escape(kind)}"]`);
const bare = (page) => { for (const part of page.querySelectorAll("[data-without-script]")) part.hidden = true; };

const listIn = (slot) => {
  const list = slot.querySelector(".sendings");
  list.hidden = false;
  return list;
};

const show = (job, share, sentence) => {
  job.bar.value = share;
  job.share.textContent = sentence;
};

const fail = (job, sentence) => {
  job.again.hidden = false;
  job.stop.hidden = true;
  job.bar.hidden = true;
  job.line.classList.add("err");
  show(job, 0, sentence);
  say(`${job.file.name}: ${sentence}`);
};

const close = (job) => {
  const list = job.line.parentElement;
  job.line.remove();
  if (list && !list.children.length) list.hidden = true;
};

// The server draws the slot anew; files that still wait in it, and whoever stands in it, keep their place.
const putIn = (kind, answer, job) => {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const fresh = page.querySelector("[data-slot]");
  const old = slotOf(kind);
  if (!fresh || !old) return false;
  if (job) close(job);
  bare(fresh);
  const waiting = [...old.querySelectorAll(".sendings > li")];
  const focused = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  if (waiting.length) listIn(fresh).append(...waiting);
  if (focused) fresh.querySelector(":scope > .upload input").focus();
  say([...fresh.querySelectorAll(":scope > .said, :scope > .errs .err")].map((line) => line.textContent.trim()).join(" "));
  return true;
};

const next = () => {
  sending = queue.shift() ?? null;
  if (sending) send(sending);
};

const send = (job) => {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append("part", job.kind);
  data.append(job.name, job.file);
  const call = (job.call = new XMLHttpRequest());
  call.open("POST", form.action);
  call.upload.addEventListener("progress", (event) => {
    const share = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    show(job, share, share === 100 ? words.checking : `${share} %`);
  });
  call.addEventListener("load", () => {
    const known = call.status === 200;
    if (!known || !putIn(job.kind, call.responseText, job)) {
      fail(job, call.status === 413 ? words.tooLarge : known || call.status === 403 ? words.signedOut : words.lost);
    }
  });
  call.addEventListener("error", () => fail(job, words.lost));
  call.addEventListener("abort", () => { close(job); say(`${job.file.name}: ${words.stopped}`); });
  call.addEventListener("loadend", next);
  call.send(data);
};

const enqueue = (job) => {
  job.line.classList.remove("err");
  job.bar.hidden = job.stop.hidden = false;
  job.again.hidden = true;
  show(job, 0, words.waiting);
  queue.push(job);
  if (!sending) next();
};

const stop = (job) => {
  const place = queue.indexOf(job);
  if (place < 0) return job.call?.abort();
  queue.splice(place, 1);
  close(job);
};

const take = (input, slot, file) => {
  const line = row.content.firstElementChild.cloneNode(true);
  const find = (name) => line.querySelector(name);
  const job = { file, name: input.name, kind: slot.dataset.slot, line, bar: find("progress"), share: find(".sending-share") };
  job.stop = find(".sending-stop");
  job.again = find(".sending-again");
  find(".sending-name").textContent = file.name;
  job.bar.setAttribute("aria-label", file.name);
  for (const button of [job.stop, job.again]) button.setAttribute("aria-label", `${button.textContent.trim()} ${file.name}`);
  job.stop.addEventListener("click", () => stop(job));
  job.again.addEventListener("click", () => enqueue(job));
  listIn(slot).append(line);
  if (file.size > most) {
    fail(job, words.tooLarge);
    job.again.hidden = true;
  } else {
    enqueue(job);
  }
};

const takeAll = (input) => {
  const slot = input.closest("[data-slot]");
  if (input.type !== "file" || !slot) return;
  const chosen = [...input.files];
  input.value = "";
  for (const file of chosen) take(input, slot, file);
};

form.addEventListener("change", (event) => takeAll(event.target));

// A paper of an earlier application takes its place at once; what goes wrong is said by the whole page instead.
const useAgain = async (button) => {
  const { slot: kind } = button.closest("[data-slot]").dataset;
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append("part", kind);
  data.append("again", button.value);
  try {
    const response = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    if (!response.ok || !putIn(kind, await response.text())) throw new Error(response.statusText);
  } catch {
    button.dataset.whole = "1";
    form.requestSubmit(button);
  }
};

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=again]");
  if (!button || sending || button.dataset.whole) return;
  event.preventDefault();
  if (button.dataset.pressed) return;
  button.dataset.pressed = "1";
  useAgain(button);
});

form.addEventListener("submit", (event) => {
  if (!sending) return;
  event.preventDefault();
  say("");
  say(words.unfinished);
});

addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

bare(form);
// On a slow line somebody chooses a file before this script has come.
for (const input of form.querySelectorAll("input[type=file]")) takeAll(input);
