/**
 * The pages of an import: a file is dropped and sent with its progress, long work is waited for, and the kind that is
 * chosen shows its fields at once. Without this script the same forms and links do all of it.
 */
const EVERY = 1000;

export function startImporting() {
  const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-upload]"));
  if (form) startUpload(form);
  const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-wait]"));
  if (place) waitFor(place);
  for (const input of document.querySelectorAll("input[data-submit]")) {
    const choice = /** @type {HTMLInputElement} */ (input);
    choice.form?.querySelector("[data-submit-button]")?.setAttribute("hidden", "");
    choice.addEventListener("change", () => choice.form?.requestSubmit());
  }
}

/** @param {HTMLFormElement} form */
function startUpload(form) {
  const zone = /** @type {HTMLElement} */ (form.querySelector("[data-upload-drop]"));
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  form.querySelector("[data-upload-hint]")?.removeAttribute("hidden");
  for (const name of ["dragover", "dragleave", "drop"]) zone.addEventListener(name, (event) => dragged(/** @type {DragEvent} */ (event), zone, input));
  input.addEventListener("change", () => say(form, ""));
  form.addEventListener("submit", (event) => {
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    send(form, files);
  });
}

/** @param {DragEvent} event @param {HTMLElement} zone @param {HTMLInputElement} input */
function dragged(event, zone, input) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.toggleAttribute("data-over", event.type === "dragover");
  if (event.type !== "drop") return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

/** @param {HTMLFormElement} form @param {File[]} files */
function send(form, files) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > Number(form.dataset.most)) return settle(form, form.dataset.large ?? "");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  const label = document.createElement("label");
  label.append((form.dataset.sending ?? "").replace("{name}", files[0].name), bar);
  form.querySelector("[data-upload-state]")?.replaceChildren(label);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response?.url) window.location.assign(request.response.url);
    else settle(form, request.response?.detail ?? form.dataset.failed ?? "");
  });
  request.addEventListener("error", () => settle(form, form.dataset.failed ?? ""));
  request.send(new FormData(form));
}

/** @param {HTMLFormElement} form @param {string} fault what went wrong; the form can be sent again */
function settle(form, fault) {
  say(form, fault);
  for (const node of [form, ...form.querySelectorAll("[aria-busy]")]) node.removeAttribute("aria-busy");
}

/** @param {HTMLFormElement} form @param {string} words */
function say(form, words) {
  const place = form.querySelector("[data-upload-state]");
  const line = document.createElement("p");
  line.className = "field__error";
  line.textContent = words;
  place?.replaceChildren(...(words ? [line] : []));
}

/** @param {HTMLElement} place asks how far the work is until it is over, then shows what came of it */
async function waitFor(place) {
  const bar = /** @type {HTMLProgressElement|null} */ (place.querySelector("[data-wait-bar]"));
  const words = place.querySelector("[data-wait-words]");
  try {
    const answer = await fetch(place.dataset.wait ?? "", { headers: { Accept: "application/json" } });
    const state = answer.ok ? await answer.json() : { over: answer.status < 500 };
    if (state.over) return window.location.reload();
    if (bar && state.part !== undefined) bar.value = state.part;
    if (words && state.words && words.textContent !== state.words) words.textContent = state.words;
  } catch {
    // The connection is away for a moment: the next look will tell.
  }
  setTimeout(() => waitFor(place), EVERY);
}
