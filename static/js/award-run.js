// The page of a run of awards keeps up with the worker. Without this script its button shows how far it is.
const every = 2000;
const said = document.getElementById("award-run-said");

async function look() {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) replace(await answer.text());
  if (document.querySelector("#award-run[data-waiting]")) setTimeout(look, every);
}

function replace(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("award-run");
  const old = document.getElementById("award-run");
  if (!fresh || fresh.innerHTML === old.innerHTML) return;
  // Nothing is torn from under whoever has the keyboard in it, until the run is over.
  if (old.contains(document.activeElement) && "waiting" in fresh.dataset) {
    old.querySelector(".award-run-state label").textContent = fresh.querySelector(".award-run-state label").textContent;
    old.querySelector("progress").value = fresh.querySelector("progress").value;
    return;
  }
  old.replaceWith(fresh);
  if (!("waiting" in fresh.dataset)) said.textContent = fresh.querySelector(".award-run-state label").textContent;
}

setTimeout(look, every);
