// A page that shows something on its way keeps up with it: it is asked for again until nothing is awaited any more.

import { showTimes } from "../project/times.js";

const PAUSE = 1500;
// What takes longer is looked at again by its reader.
const LONGEST = 120_000;
const ends = Date.now() + LONGEST;

async function follow() {
  const found = await latest();
  if (!found) {
    return;
  }
  document.querySelectorAll("[data-live]").forEach((shown) => renew(shown, found.getElementById(shown.id)));
  if (found.querySelector("[data-follow]") && Date.now() < ends) {
    setTimeout(follow, PAUSE);
  }
}

/** Return the page as it is now, or null when it is not to be had. */
async function latest() {
  try {
    // Not the address of a form on the page, which the answer to it may have come from.
    const response = await fetch(document.querySelector("[data-follow]").dataset.follow);
    return response.ok && !response.redirected ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function renew(shown, found) {
  if (found) {
    showTimes(found);
    shown.replaceChildren(...found.childNodes);
  }
}

setTimeout(follow, PAUSE);
