// The moment since which to send again, in the reader's own zone; without a script it is UTC.

const form = document.querySelector("[data-recover]");
const since = form.elements.namedItem("since");
const minute = 60_000;

/** Return what a field without a zone shows at a moment. */
function local(moment) {
  return new Date(moment - moment.getTimezoneOffset() * minute).toISOString().slice(0, 16);
}

const given = new Date(`${since.value}Z`);
if (!Number.isNaN(given.getTime())) {
  since.value = local(given);
}
form.querySelector(`label[for="${since.id}"]`).textContent = "Since";
form.addEventListener("submit", () => {
  const chosen = new Date(since.value);
  form.elements.namedItem("moment").value = Number.isNaN(chosen.getTime()) ? "" : chosen.toISOString();
});
