// The catalogue answers in place: the same address, the same page, of which only the parts that changed are put in.
// Without this script every control is a plain form or link and does the same.
const PAUSE = 400;
const form = document.getElementById("filters");
const words = document.getElementById("q");
const sort = document.getElementById("sort");
const answers = document.getElementById("answers");
let asking = null;
let typing = 0;
let typed = false;

const asked = () => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value);
  return location.pathname + (query.size ? `?${query}` : "");
};

const putInto = (page, id) => {
  const here = document.getElementById(id);
  const there = page.getElementById(id);
  if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
};

// A fieldset somebody stands in keeps its boxes, so that focus is never lost; its numbers change.
const recount = (page, fieldset) => {
  const there = page.getElementById(fieldset.id);
  if (!there) return;
  if (!fieldset.contains(document.activeElement)) {
    fieldset.replaceChildren(...there.childNodes);
    return;
  }
  for (const option of fieldset.querySelectorAll(".opt")) {
    const box = option.querySelector("input");
    const match = [...there.querySelectorAll("input")].find((other) => other.value === box.value);
    option.querySelector(".c").replaceChildren(...(match?.parentElement.querySelector(".c").childNodes ?? ["0"]));
    option.classList.toggle("opt-0", !match || match.parentElement.classList.contains("opt-0"));
    box.checked = match?.checked ?? false;
  }
};

const putIn = (page) => {
  document.title = page.title;
  for (const fieldset of form.querySelectorAll("fieldset")) recount(page, fieldset);
  for (const id of ["found", "filters-button", "answers"]) putInto(page, id);
  if (document.activeElement !== sort) putInto(page, "sort");
  if (document.activeElement !== words) words.value = page.getElementById("q").value;
};

const ask = async (address, { keep = "push", then = () => {} } = {}) => {
  clearTimeout(typing);
  asking?.abort();
  const mine = (asking = new AbortController());
  answers.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.getElementById("answers")) throw new Error("no answer");
    if (keep === "push") history.pushState(null, "", address);
    if (keep === "replace") history.replaceState(null, "", address);
    putIn(page);
    then();
  } catch (error) {
    if (error.name === "AbortError") return;
    if (keep === "none") location.reload();
    else location.assign(address);
  }
  if (asking === mine) answers.removeAttribute("aria-busy");
};

const goToAnswers = () => {
  answers.focus({ preventScroll: true });
  const { top } = document.getElementById("found").getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) document.getElementById("found").scrollIntoView();
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const inSheet = form.matches(":popover-open");
  if (inSheet) form.hidePopover();
  typed = false;
  ask(asked(), { then: inSheet ? goToAnswers : undefined });
});

document.addEventListener("change", (event) => {
  if (event.target.form !== form || event.target === words) return;
  typed = false;
  ask(asked());
});

// Letters of one word are one step back in the history, not twelve.
words.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    ask(asked(), { keep: typed ? "replace" : "push" });
    typed = true;
  }, PAUSE);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#finding a");
  const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || other || link.origin !== location.origin || link.pathname !== location.pathname) return;
  event.preventDefault();
  if (form.matches(":popover-open")) form.hidePopover();
  typed = false;
  words.value = new URLSearchParams(link.search).get("q") ?? "";
  ask(link.href, { then: goToAnswers });
});

addEventListener("popstate", () => {
  typed = false;
  ask(location.href, { keep: "none" });
});
