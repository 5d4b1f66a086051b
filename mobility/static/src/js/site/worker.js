/**
 * The service worker: registered once the page stands, told which plan to keep when the browser has nothing to do.
 */

export async function startWorker() {
  const { worker, keep } = document.body.dataset;
  if (!worker || !("serviceWorker" in navigator)) return;
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  try {
    await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
  } catch {
    return; // private windows and old browsers: everything else works
  }
  const { active } = await navigator.serviceWorker.ready;
  const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ work) => setTimeout(work, 1));
  const { lang: language } = document.documentElement;
  const visited = () => active?.postMessage({ type: "visited", url: location.href, language });
  idle(() => {
    active?.postMessage({ type: "keep", language, list: spares() ? "" : keep ?? "" });
    if (!spares()) visited();
  });
  document.addEventListener("panel:loaded", () => navigator.onLine && !spares() && visited());
}

/** Whether the reader, or the network, asks for as little as possible. */
function spares() {
  const { connection } = /** @type {{connection?: {saveData?: boolean, effectiveType?: string}}} */ (navigator);
  return Boolean(connection?.saveData) || /2g/.test(connection?.effectiveType ?? "");
}
