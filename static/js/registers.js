// The list of registers shows those of the country that is chosen. Without this script it shows them all, by country.
const country = document.getElementById("id_register_country");
const list = document.querySelector("select[name=register_body_known]");
const groups = [...(list?.querySelectorAll("optgroup") ?? [])];

const narrow = () => {
  const name = country.selectedOptions[0]?.textContent.trim();
  const own = groups.filter((group) => group.label === name);
  const chosen = list.value;
  for (const group of groups) group.remove();
  list.append(...(own.length ? own : groups));
  list.value = chosen;
  if (list.selectedIndex < 0) list.value = "";
};

if (country && list) {
  narrow();
  country.addEventListener("change", narrow);
}
