// The search-as-you-type selects of the admin come without names: each takes the label of the field it stands for.
function nameOf(select) {
  const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  return label ? label.textContent.trim().replace(/:$/, "") : select.name;
}

function nameParts(select) {
  const box = select.nextElementSibling;
  if (!box?.classList.contains("select2")) return;
  const name = nameOf(select);
  const choice = box.querySelector(".select2-selection");
  const list = box.querySelector("ul.select2-selection__rendered");
  if (choice && choice.getAttribute("aria-label") !== name) {
    choice.setAttribute("aria-label", name);
    choice.removeAttribute("aria-labelledby");
  }
  box.querySelectorAll("[role=textbox], .select2-search__field").forEach((field) => field.setAttribute("aria-label", name));
  // Not a list to readers: beside its items it holds a button that empties it.
  if (list) list.setAttribute("role", "presentation");
  list?.querySelectorAll(":scope > li").forEach((item) => item.setAttribute("role", "presentation"));
}

function nameAll() {
  document.querySelectorAll("select.select2-hidden-accessible").forEach(nameParts);
  document.querySelectorAll(".select2-dropdown .select2-search__field").forEach((field) => {
    field.setAttribute("aria-label", document.querySelector(".select2-container--open .select2-selection")?.getAttribute("aria-label") ?? "");
  });
}

nameAll();
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
