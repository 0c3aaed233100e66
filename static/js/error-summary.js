// A page that came back with errors starts at the summary, also for people who do not see it.
document.querySelector(".errsum")?.focus();
