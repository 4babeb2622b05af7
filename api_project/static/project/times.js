// Times in the reader's own zone and manner, one way on all pages.

/** Show every time below `root` as its reader's clock does. */
export function showTimes(root) {
  root.querySelectorAll("time").forEach(showLocally);
}

function showLocally(element) {
  const moment = new Date(element.dateTime);
  const today = moment.toDateString() === new Date().toDateString();
  element.title = moment.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  const date = today ? "Today" : moment.toLocaleDateString(undefined, { dateStyle: "medium" });
  element.textContent = `${date}, ${moment.toLocaleTimeString(undefined, { timeStyle: "short" })}`;
}
