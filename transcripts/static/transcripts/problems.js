// Errors of the API (RFC 9457 problem details), in the API's own words.

import { announce } from "./showing.js";

/** Show an answer that is an error; `name` is the file's that was sent, if one was. */
export function explain(status, text, name = "") {
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // Something between the browser and the service has answered.
  }
  // The page has one field at a time, so its name, with which the API's own sentence begins, would say nothing.
  const errors = (problem.errors ?? []).map((error) => error.detail);
  if (name && problem.status === 415) showProblem(`“${name}” was not accepted. ${shortened(problem.detail)}`);
  else if (errors.length > 1) showProblem("This was not accepted.", errors);
  else showProblem(errors[0] ?? problem.detail ?? `The service answered ${status}.`);
}

// Whoever has chosen a file of the wrong kind needs no list of forty kinds.
function shortened(detail) {
  return detail.split(" Allowed are:")[0];
}

/** Show one sentence, and under it a list of more. */
export function showProblem(sentence, more = []) {
  const box = document.getElementById("problem");
  const parts = [element("p", sentence)];
  if (more.length) {
    const list = document.createElement("ul");
    list.append(...more.map((line) => element("li", line)));
    parts.push(list);
  }
  box.replaceChildren(...parts);
  box.hidden = false;
  // What was said before it is not true any more.
  announce("");
}

export function hideProblem() {
  document.getElementById("problem").hidden = true;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
