// A passkey that was refused, cancelled or not found is said on the page, beside the button that asked for it.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const problem = document.getElementById("passkey_problem");
  if (problem) problem.hidden = false;
});
