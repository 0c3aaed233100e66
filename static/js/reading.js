// Keeps the place in a topic and tells the server every half minute that somebody reads. It falls silent when the page
// is out of sight or nobody has touched it for two minutes; the server decides what counts. Without it, "Mark as read".
const EVERY = 30_000;
const STILL = 120_000;
const text = document.querySelector("[data-report]");
const form = document.querySelector("#read");
const blocks = [...text.children];
const token = form.elements.csrfmiddlewaretoken.value;
let touched = Date.now();
let last = -1;
let stopped = false;

// The paragraph that lies under a line a third of the way down the window.
const place = () => {
  const line = innerHeight / 3;
  if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) return blocks.length;
  return blocks.filter((block) => block.getBoundingClientRect().top < line).length;
};

const message = () => {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token);
  data.set("place", last);
  data.set("places", blocks.length);
  return data;
};

const report = async () => {
  if (stopped) return;
  last = place();
  try {
    const answer = await fetch(text.dataset.report, { method: "POST", body: message(), keepalive: true, redirect: "manual" });
    // Signed out, or the record is closed: nothing more is counted here.
    stopped = !answer.ok;
  } catch {
    // Offline: this half minute is not counted, the next one is tried again.
  }
};

const isInUse = () => document.visibilityState === "visible" && Date.now() - touched < STILL;

for (const kind of ["scroll", "pointerdown", "pointermove", "keydown", "touchstart"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true });
}
setInterval(() => isInUse() && report(), EVERY);
// A page that is put aside says where, unless it has said so already.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && place() !== last) report();
});

const reported = document.createElement("input");
reported.type = "hidden";
reported.name = "reported";
reported.value = "1";
form.append(reported);
form.addEventListener("submit", () => (stopped = true));

const leftAt = Math.min(Number(text.dataset.leftAt), blocks.length);
if (leftAt > 1 && leftAt < blocks.length && !location.hash) {
  // The browser would go back to where this window was, which another machine may have passed since.
  history.scrollRestoration = "manual";
  const note = document.querySelector("#left-off");
  blocks[leftAt - 1].before(note);
  note.hidden = false;
  note.scrollIntoView({ block: "start" });
}
last = place();
