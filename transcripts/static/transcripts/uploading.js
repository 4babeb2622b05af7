// Sending a file or an address to the API, with a bar and a way to stop, and showing what came of it.

import { askedFor } from "./asked.js";
import { fetchCard, follow } from "./following.js";
import { explain, hideProblem, showProblem } from "./problems.js";
import { announce } from "./showing.js";

/** Take over the forms of the page, if it has them. */
export function enhanceUploads() {
  const form = document.getElementById("file-form");
  if (!form) return;
  new FileUpload(form);
  const address = document.getElementById("address-form");
  address.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAddress(address);
  });
}

class FileUpload {
  constructor(form) {
    this.form = form;
    this.input = form.elements.file;
    this.box = document.getElementById("uploading");
    this.bar = this.box.querySelector("progress");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(this.input.files[0]);
    });
    this.box.querySelector("[data-cancel]").addEventListener("click", () => this.request?.abort());
    window.addEventListener("beforeunload", (event) => {
      if (this.request) event.preventDefault();
    });
    this.takeDrops(form.querySelector(".drop"));
  }

  takeDrops(zone) {
    // Anywhere on the page, so that a file dropped a little off does not replace the page.
    window.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
    window.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) zone.classList.remove("over");
    });
    window.addEventListener("drop", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.remove("over");
      this.choose(event.dataTransfer.files);
    });
  }

  choose(files) {
    if (this.request) return;
    if (files.length !== 1) {
      showProblem("Drop one file at a time.");
      return;
    }
    this.input.files = files;
    hideProblem();
    announce(`${files[0].name} is chosen.`);
    this.form.querySelector("button").focus();
  }

  send(file) {
    hideProblem();
    const limit = Number(this.form.dataset.maxBytes);
    if (file.size > limit) {
      showProblem(`The file is larger than the limit of ${limit} bytes.`);
      return;
    }
    const body = new FormData();
    const { title, options } = askedFor(this.form);
    if (title) body.append("title", title);
    if (options) body.append("options", JSON.stringify(options));
    body.append("file", file);
    const request = new XMLHttpRequest();
    this.request = request;
    this.begin(file);
    request.upload.addEventListener("progress", (event) => this.progress(event.loaded, event.total));
    request.addEventListener("load", () => this.end(() => take(request.status, request.responseText, file.name)));
    request.addEventListener("error", () => this.end(() => showProblem(BROKEN)));
    request.addEventListener("abort", () => this.end(() => announce("The upload was cancelled; nothing was kept.")));
    request.open("POST", this.form.dataset.api);
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  }

  begin(file) {
    this.form.hidden = true;
    this.box.hidden = false;
    this.box.querySelector("[data-upload-name]").textContent = file.name;
    this.progress(0, 1);
    this.box.querySelector("[data-cancel]").focus();
    announce(`Uploading ${file.name}.`);
  }

  progress(loaded, total) {
    const percent = Math.floor((100 * loaded) / total);
    this.bar.value = percent;
    this.box.querySelector("[data-upload-percent]").textContent = percent;
    this.box.querySelector("[data-upload-state]").textContent = percent < 100 ? "Uploading" : "Received; being stored safely";
  }

  async end(act) {
    this.request = null;
    this.box.hidden = true;
    this.form.hidden = false;
    this.input.focus();
    if (await act()) this.form.reset();
  }
}

const BROKEN = "The connection broke before the upload was complete. Nothing was kept; please try again.";

async function sendAddress(form) {
  hideProblem();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(form.dataset.api, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ audio_url: form.elements.audio_url.value, ...askedFor(form) }),
    });
    if (await take(response.status, await response.text())) form.reset();
  } catch {
    showProblem("The service cannot be reached; please try again.");
  } finally {
    button.disabled = false;
  }
}

/** Show what the API answered to a new transcript; returns whether it was accepted. */
async function take(status, text, name = "") {
  if (status !== 202) {
    explain(status, text, name);
    return false;
  }
  const { id } = JSON.parse(text);
  const card = await fetchCard(id);
  if (!card) return true;
  document.getElementById("current").prepend(card);
  announce(`${card.dataset.name} is accepted: ${card.dataset.label}`);
  follow(card);
  return true;
}
