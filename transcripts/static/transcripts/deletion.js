// Asking in place before something is deleted. Without the script the link leads to a page that asks.

/** Make links that delete open the dialog. */
export function enhanceDeletion() {
  const dialog = document.getElementById("delete-dialog");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-delete]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.querySelector("form").action = link.href;
    dialog.querySelector("[data-name]").textContent = link.dataset.delete;
    dialog.showModal();
  });
}
