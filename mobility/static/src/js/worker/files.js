/**
 * The built files: kept when the worker is installed, others when they are first asked for.
 */

const FILES = "files-";
/** Generations of files that stay, for tabs that were opened before an update. */
const KEPT = 2;

/** @param {string[]} files @param {string} version */
export async function fetchFiles(files, version) {
  const cache = await caches.open(FILES + version);
  await cache.addAll(files.map((file) => new Request(file, { credentials: "omit" })));
}

/** @param {Request} request @param {string} version */
export async function answerFile(request, version) {
  const found = await caches.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) {
    const cache = await caches.open(FILES + version);
    await cache.put(request, answer.clone());
  }
  return answer;
}

/** Drops what older workers kept. Pages name the files of their build, so they go with it. */
export async function forgetOld() {
  const names = await caches.keys();
  const [files, pages] = [FILES, "pages-"].map((kind) => names.filter((name) => name.startsWith(kind)));
  const old = [...files.slice(0, -KEPT), ...pages.slice(0, -1)];
  await Promise.all(old.map((name) => caches.delete(name)));
}
