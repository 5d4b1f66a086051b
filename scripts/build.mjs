/**
 * Builds the front end: mobility/static/src → mobility/static/dist.
 *
 * Scripts and styles are bundled and split by esbuild; icons, pictures and fonts are copied. Every file gets a name
 * that holds a hash of its content, so browsers may keep it for ever. manifest.json maps source names to built
 * names ("map.js" → "map-ABC123.js"). Text files also get .br and .gz versions beside them. The manifest is
 * written last and old files are removed after it, so a running server never points at a file that is not there.
 *
 *   node scripts/build.mjs           minified
 *   node scripts/build.mjs --dev     readable, with source maps
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(ROOT, "mobility", "static", "src");
const DIST = join(ROOT, "mobility", "static", "dist");
const FONTS = join(ROOT, "node_modules", "@fontsource", "atkinson-hyperlegible", "files");
const FONT_FILES = ["latin", "latin-ext"].flatMap((subset) =>
  ["400-normal", "400-italic", "700-normal"].map((face) => `atkinson-hyperlegible-${subset}-${face}.woff2`),
);
const ENTRIES = ["js/site.js", "js/map.js", "css/site.css", "css/map.css"];
const WORKER = "js/sw.js";
/** What every page needs, and so what the service worker keeps: these with all they import, and what waits to be sent. */
const KEPT = ["site.js", "map.js", "site.css", "map.css", "desk.js"];
const KEPT_FILES = /^(favicon-.*\.svg|atkinson-hyperlegible-latin-(400|700)-normal-.*\.woff2)$/;
const COPIED = new Set([".svg", ".png", ".webp", ".jpg", ".ico", ".webmanifest"]);
const COMPRESSED = new Set([".js", ".css", ".svg", ".webmanifest", ".json"]);
const DEV = process.argv.includes("--dev");

/** Lets a style sheet name a font by its file alone: url("fonts/atkinson-hyperlegible-latin-400-normal.woff2"). */
const fonts = {
  name: "fonts",
  setup(bundler) {
    bundler.onResolve({ filter: /atkinson-hyperlegible-[\w-]+\.woff2$/ }, ({ path }) => ({
      path: join(FONTS, basename(path)),
    }));
  },
};

/** Bundles the entries that exist; returns { manifest, files } with contents by built name. */
async function bundle() {
  const entries = ENTRIES.map((name) => join(SOURCE, name));
  const missing = entries.filter((path) => !existsSync(path));
  for (const path of missing) console.warn(`  not there yet: ${relative(ROOT, path)}`);
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: entries.filter((path) => !missing.includes(path)),
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    minify: !DEV,
    sourcemap: DEV ? "linked" : false,
    legalComments: "none",
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "file", ".svg": "file", ".gif": "file" },
    plugins: [fonts],
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const files = new Map(result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
  const manifest = namesOf(result.metafile);
  return { manifest, files, kept: keptOf(result.metafile, manifest) };
}

/** Bundles the service worker, which is one file: a worker of its own kind imports nothing. */
async function bundleWorker({ manifest, files }) {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(SOURCE, WORKER)],
    outdir: DIST,
    bundle: true,
    format: "iife",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    minify: !DEV,
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  const content = Buffer.from(result.outputFiles[0].contents);
  manifest[basename(WORKER)] = hashed(basename(WORKER), content);
  files.set(manifest[basename(WORKER)], content);
}

/** Built names of what the service worker keeps, with everything that is imported at once. */
function keptOf({ outputs }, manifest) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set();
  const visit = (name) => {
    if (!name || found.has(name)) return;
    found.add(name);
    for (const { path, kind } of byName.get(name)?.imports ?? []) if (kind === "import-statement") visit(basename(path));
  };
  for (const name of KEPT) visit(manifest[name]);
  return found;
}

/** Source name → built name, for entries and for the single files (fonts, pictures) that they pull in. */
function namesOf(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const inputs = Object.keys(output.inputs);
    const source = output.entryPoint ?? (inputs.length === 1 && isSingleFile(inputs[0]) ? inputs[0] : undefined);
    if (source) names[basename(source)] = basename(path);
  }
  return names;
}

const isSingleFile = (path) => extname(path) === ".woff2" || COPIED.has(extname(path));

const hashed = (name, content) => {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  return `${basename(name, extname(name))}-${digest}${extname(name)}`;
};

/** Adds icons, pictures and the fonts that no style sheet names yet. */
async function copy({ manifest, files }) {
  const found = existsSync(SOURCE) ? await readdir(SOURCE, { recursive: true }) : [];
  const sources = found
    .filter((name) => COPIED.has(extname(name)))
    .map((name) => [name.split(sep).join("/"), join(SOURCE, name)]);
  for (const name of FONT_FILES) if (!manifest[name]) sources.push([name, join(FONTS, name)]);
  for (const [name, path] of sources) {
    const content = await readFile(path);
    manifest[name] = hashed(name, content);
    files.set(manifest[name], content);
  }
}

/** Adds the .br and .gz versions of text files larger than one network packet. */
async function compress(files) {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: DEV ? 4 : 11 } };
  const texts = [...files].filter(([name, body]) => COMPRESSED.has(extname(name)) && body.length > 860);
  for (const [name, body] of texts) {
    files.set(`${name}.br`, await brotli(body, quality));
    files.set(`${name}.gz`, await zip(body, { level: 9 }));
  }
}

async function write({ manifest, files, kept }) {
  await mkdir(DIST, { recursive: true });
  for (const [name, body] of files) await writeFile(join(DIST, name), body);
  const ordered = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
  const offline = [...new Set([...kept, ...[...files.keys()].filter((name) => KEPT_FILES.test(name))])].sort();
  await writeFile(join(DIST, "offline.json"), `${JSON.stringify(offline, null, 2)}\n`);
  await writeFile(join(DIST, "manifest.json.new"), `${JSON.stringify(ordered, null, 2)}\n`);
  await rename(join(DIST, "manifest.json.new"), join(DIST, "manifest.json"));
  for (const name of await readdir(DIST)) {
    if (!["manifest.json", "offline.json"].includes(name) && !files.has(name)) await rm(join(DIST, name), { recursive: true });
  }
}

function report({ manifest, files }) {
  for (const name of ENTRIES.map((entry) => basename(entry)).filter((entry) => manifest[entry])) {
    const built = manifest[name];
    const small = files.get(`${built}.br`) ?? files.get(built);
    const kilobytes = (bytes) => `${(bytes.length / 1000).toFixed(1)} kB`;
    console.log(`  ${name.padEnd(10)} ${kilobytes(files.get(built)).padStart(10)}, compressed ${kilobytes(small)}`);
  }
  console.log(`  ${Object.keys(manifest).length} files in ${relative(ROOT, DIST)}`);
}

const built = await bundle();
await bundleWorker(built);
await copy(built);
await compress(built.files);
await write(built);
report(built);
