// A second press within a few seconds is an accident. The server is safe from it as well; this saves a wait.
// The button stays focusable and is never disabled, so nobody loses their place.
const PAUSE = 5000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  const sent = Number(form.dataset.sent || 0);
  if (Date.now() - sent < PAUSE) {
    event.preventDefault();
  } else {
    form.dataset.sent = Date.now();
  }
});

// A page taken back from the history may be sent again at once.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
