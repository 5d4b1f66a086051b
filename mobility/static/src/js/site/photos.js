/**
 * Photos of a form: each is sent as soon as it is chosen, made smaller first, with its progress. Without this script
 * the same inputs send their files with the form.
 */
import { announce } from "./live.js";

const LONGEST = 2048;
const LARGEST = 12_000_000;
const SMALL = 700_000;

export function startPhotos() {
  document.addEventListener("change", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const place = placeOf(input);
    if (!place || input.type !== "file") return;
    const files = [...(input.files ?? [])];
    input.value = "";
    sendAll(place, files);
  });
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest?.("[data-photo-remove]"));
    const place = button && placeOf(button);
    if (!button || !place) return;
    event.preventDefault();
    remove(place, /** @type {HTMLElement} */ (button.closest("[data-photo]")));
  });
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => dragged(/** @type {DragEvent} */ (event)));
}

/** @param {Element} node */
const placeOf = (node) => /** @type {HTMLElement|null} */ (node.closest?.("[data-photos]"));

/** @param {DragEvent} event */
function dragged(event) {
  const target = /** @type {Element} */ (event.target);
  const zone = target.closest?.("[data-photo-drop]");
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.toggleAttribute("data-over", event.type === "dragover");
  const place = placeOf(zone);
  if (event.type === "drop" && place) sendAll(place, [...event.dataTransfer.files]);
}

/** @param {HTMLElement} place @param {File[]} files */
async function sendAll(place, files) {
  problem(place, "");
  for (const file of files) {
    if (count(place) >= Number(place.dataset.limit)) {
      problem(place, words(place).full);
      break;
    }
    await sendOne(place, file);
  }
}

/** @param {HTMLElement} place @param {File} file */
async function sendOne(place, file) {
  const line = waiting(place, file.name);
  try {
    const data = await smaller(file);
    if (data.size > LARGEST) throw new Error(words(place).large);
    const { html } = await post(place, data, (part) => (line.bar.value = part));
    const made = /** @type {HTMLElement|null} */ (
      new DOMParser().parseFromString(html, "text/html").querySelector("[data-photo]")
    );
    if (!made) throw new Error(words(place).failed);
    const again = place.querySelector(`[data-photo="${CSS.escape(made.dataset.photo ?? "")}"]`);
    if (again) line.node.remove();
    else line.node.replaceWith(document.adoptNode(made));
    announce(words(place).sent);
  } catch (error) {
    line.node.remove();
    problem(place, /** @type {Error} */ (error).message);
  }
  settle(place);
}

/**
 * A line with the progress of one photo.
 *
 * @param {HTMLElement} place
 * @param {string} name
 */
function waiting(place, name) {
  const node = document.createElement("li");
  node.className = "photo-field photo-field--sending";
  node.dataset.photo = "";
  const label = document.createElement("label");
  const bar = document.createElement("progress");
  label.append(words(place).sending.replace("{name}", name), bar);
  bar.max = 1;
  node.append(label);
  place.querySelector("[data-photo-list]")?.append(node);
  settle(place);
  return { node, bar };
}

/**
 * At most as large as it will be kept, which also leaves behind where it was taken; the file itself when this
 * browser cannot read it.
 *
 * @param {File} file
 * @returns {Promise<Blob>}
 */
async function smaller(file) {
  if (file.size < SMALL || !["image/jpeg", "image/png", "image/webp"].includes(file.type)) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const pen = canvas.getContext("2d");
    if (!pen) return file;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const made = await new Promise((/** @type {(made: Blob|null) => void} */ take) => canvas.toBlob(take, "image/jpeg", 0.88));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}

/**
 * @param {HTMLElement} place
 * @param {Blob} data
 * @param {(part: number) => void} tell
 * @returns {Promise<{html: string}>}
 */
function post(place, data, tell) {
  return new Promise((take, refuse) => {
    const failed = () => refuse(new Error(words(place).failed));
    const request = new XMLHttpRequest();
    request.open("POST", place.dataset.add ?? "");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", field(place, "csrf_token"));
    request.upload.onprogress = ({ loaded, total }) => tell(loaded / total);
    request.onerror = failed;
    request.onload = () => {
      const { response, status } = request;
      if (status === 201 && response?.html) take(response);
      else if (response?.detail) refuse(new Error(response.detail));
      else failed();
    };
    const body = new FormData();
    body.set("key", field(place, "key"));
    body.set("photos", data, "photo");
    request.send(body);
  });
}

/** @param {HTMLElement} place @param {HTMLElement} line */
async function remove(place, line) {
  const url = (place.dataset.remove ?? "").replace("KEY", encodeURIComponent(line.dataset.photo ?? ""));
  const body = new FormData();
  body.set("key", field(place, "key"));
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": field(place, "csrf_token") } });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    problem(place, words(place).failed);
    return;
  }
  line.remove();
  problem(place, "");
  settle(place);
  announce(words(place).removed);
  /** @type {HTMLElement|null} */ (place.querySelector("input[type=file]"))?.focus();
}

/** @param {HTMLElement} place shows what fits the number of photos */
function settle(place) {
  const full = count(place) >= Number(place.dataset.limit);
  const [zone, hint] = ["[data-photo-drop]", "[data-alt-hint]"].map((each) => /** @type {HTMLElement|null} */ (place.querySelector(each)));
  if (zone) zone.hidden = full;
  if (hint) hint.hidden = count(place) === 0;
}

/** @param {HTMLElement} place */
const count = (place) => place.querySelectorAll("[data-photo]").length;

/** @param {HTMLElement} place @param {string} name */
function field(place, name) {
  const input = place.closest("form")?.elements.namedItem(name);
  return input instanceof HTMLInputElement ? input.value : "";
}

/** @param {HTMLElement} place @param {string} message */
function problem(place, message) {
  const target = /** @type {HTMLElement|null} */ (place.querySelector("[data-photo-problem]"));
  if (!target) return;
  target.textContent = message;
  target.hidden = !message;
}

/** @param {HTMLElement} place @returns {Record<string, string>} */
const words = (place) => JSON.parse(place.dataset.words ?? "{}");
