// Following transcripts until they end: asks the API while the page is seen, and lets the server render what is new.

import { announce, enhance } from "./showing.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
const SLOWER = 1.15;
// For this many answers without news it is worth asking every second.
const PATIENCE = 30;

/** Follow everything below `root` that has not ended. */
export function followAll(root) {
  root.querySelectorAll("[data-follow]").forEach(follow);
}

/** Follow one element that the server has rendered, unless it has ended. */
export function follow(element) {
  if (element.dataset.follow) new Follower(element).start();
}

/** Fetch the card of a transcript as the server shows it now. */
export async function fetchCard(id) {
  return fetchElement(`/transcripts/${id}/`, `card-${id}`);
}

class Follower {
  constructor(element) {
    this.element = element;
    this.asked = 0;
    this.pause = FIRST_PAUSE;
  }

  start() {
    this.timer = setTimeout(() => this.ask(), this.pause);
  }

  async ask() {
    if (!this.element.isConnected) return;
    if (document.hidden) {
      document.addEventListener("visibilitychange", () => this.ask(), { once: true });
      return;
    }
    let goOn = true;
    try {
      const response = await fetch(this.element.dataset.follow, { headers: { Accept: "application/json" } });
      goOn = response.ok ? await this.take(await response.json()) : await this.isWorthAskingAgain(response);
    } catch {
      // The network is away, or the service starts anew: it will be back.
      this.pause *= 2;
    }
    if (goOn) this.wait();
  }

  wait() {
    this.asked += 1;
    if (this.asked > PATIENCE) this.pause *= SLOWER;
    this.pause = Math.min(this.pause, LONGEST_PAUSE);
    this.start();
  }

  /** Show what has changed; returns whether there is more to come from this element. */
  async take(record) {
    const { status, waiting } = this.element.dataset;
    if (record.status !== status || (record.waiting_for?.reason ?? "") !== waiting) return this.renew();
    this.showProgress(record.progress);
    return true;
  }

  showProgress(percent) {
    if (percent === null) return;
    this.element.querySelectorAll("[data-meter]").forEach((meter) => {
      meter.hidden = false;
      meter.querySelectorAll("progress").forEach((bar) => (bar.value = percent));
      const shown = meter.querySelector("[data-progress]");
      if (shown.textContent !== String(percent)) {
        shown.textContent = percent;
        this.asked = 0;
        this.pause = FIRST_PAUSE;
      }
    });
  }

  /** Put what the server renders now in place of the element, and follow that one. */
  async renew() {
    const fresh = await fetchElement(this.element.dataset.page, this.element.id);
    if (!fresh) {
      this.element.remove();
      return false;
    }
    const hadFocus = this.element.contains(document.activeElement);
    this.element.replaceWith(fresh);
    if (hadFocus) (fresh.tabIndex < 0 ? fresh : fresh.querySelector("a")).focus();
    announce(`${fresh.dataset.name}: ${fresh.dataset.label}`);
    follow(fresh);
    return false;
  }

  async isWorthAskingAgain(response) {
    if (response.status === 404) return this.renew();
    this.pause *= 2;
    return response.status >= 500 || response.status === 429;
  }
}

async function fetchElement(address, id) {
  const response = await fetch(address);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const element = page.getElementById(id);
  if (!element) return null;
  const adopted = document.importNode(element, true);
  enhance(adopted);
  return adopted;
}
