// Beside the venue's clock, the reader's own, wherever the two differ. The page says the same without this, for the
// zone that the reader chooses.
const language = document.documentElement.lang || "en-GB";
const shape = new Intl.DateTimeFormat(language, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// "sv" writes a day as ISO 8601 does.
const sameDay = (time, begins) => time.dateTime.startsWith(begins.toLocaleDateString("sv"));

for (const time of document.querySelectorAll("time[data-offset]")) {
  const begins = new Date(time.dateTime);
  if (-begins.getTimezoneOffset() === Number(time.dataset.offset)) continue;
  const ends = time.dataset.until;
  const own = document.createElement("small");
  own.className = "local";
  own.textContent = time.dataset.words.replace("%s", ends ? shape.formatRange(begins, new Date(ends)) : (sameDay(time, begins) ? clock : shape).format(begins));
  time.append(" ", own);
}
