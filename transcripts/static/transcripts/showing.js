// Small things in what the server has rendered: times in the reader's zone, copying, what only a script can do.

import { showTimes } from "../project/times.js";

/** Complete freshly rendered elements. */
export function enhance(root) {
  root.querySelectorAll("[data-with-script]").forEach((element) => (element.hidden = false));
  showTimes(root);
  root.querySelectorAll("[data-copy]").forEach(offerCopying);
}

/** Say something to readers of screens, whatever else changes on the page. */
export function announce(sentence) {
  document.getElementById("announcer").textContent = sentence;
}

function offerCopying(button) {
  const card = button.closest(".card");
  const said = card.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = card.querySelector("[data-text]");
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied.";
    } catch {
      // Without TLS, or without leave, browsers keep the clipboard to the reader's own keys.
      getSelection().selectAllChildren(text);
      said.textContent = "Selected; copy it with your keyboard.";
    }
  });
}
