// Errors of the API (RFC 9457 problem details), in the API's own words.

/** Show an answer that is an error. */
export function explain(status, text) {
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // Something between the browser and the service has answered.
  }
  const errors = problem.errors ?? [];
  showProblem(problem.detail ?? `The service answered ${status}.`, errors.length > 1 ? errors.map((error) => error.detail) : []);
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
}

export function hideProblem() {
  document.getElementById("problem").hidden = true;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
