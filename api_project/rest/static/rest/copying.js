// A new key is one press away from the clipboard; without a script it is selected by a press on its field.

const secret = document.querySelector("[data-secret]");
const button = document.querySelector("[data-copy]");
const said = document.querySelector("[data-copied]");

secret.addEventListener("focus", () => secret.select());
secret.select();
button.hidden = false;
button.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(secret.value);
    said.textContent = "Copied.";
  } catch {
    // Without TLS, or without leave, browsers keep the clipboard to the reader's own keys.
    secret.select();
    said.textContent = "Selected; copy it with your keyboard.";
  }
});
