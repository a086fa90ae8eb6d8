// Bundles the site's browser code and gathers what it needs of KaTeX.
//
//   assets/static/   goes into every site: kg-map.js, kg-twin.js, kg-scroll.js, kg-ask.js with its worker and engine,
//                    katex/, THIRD_PARTY.txt
//   assets/katex.min.js   stays behind: it renders formulas while the site is built
//
// Nothing written here holds a clock or a path of the machine, so two builds give the same bytes.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const assets = process.argv[2] ?? join(here, "..", "assets");
const site = join(assets, "static");
const modules = join(root, "node_modules");
const versionOf = createRequire(import.meta.url);

await rm(assets, { recursive: true, force: true });
await mkdir(join(site, "katex", "fonts"), { recursive: true });

const bundle = await build({
  absWorkingDir: root,
  entryPoints: {
    "kg-map": "kg/site/js/map.ts",
    "kg-twin": "kg/site/js/twin.ts",
    "kg-scroll": "kg/site/js/scroll.ts",
    "kg-ask": "kg/site/js/ask.ts",
    "kg-ask-worker": "kg/site/js/worker.ts",
  },
  outdir: site,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  // The engine can find its own file by import.meta, which a classic worker lacks; it is told the address instead.
  define: { "import.meta.url": '""' },
  legalComments: "none", // every licence is given in full in THIRD_PARTY.txt
  metafile: true,
  logLevel: "warning",
});

await cp(join(modules, "oxigraph", "web_bg.wasm"), join(site, "oxigraph.wasm"));

const katex = join(modules, "katex", "dist");
await cp(join(katex, "katex.min.js"), join(assets, "katex.min.js"));
await cp(join(katex, "katex.min.css"), join(site, "katex", "katex.min.css"));
for (const font of await readdir(join(katex, "fonts"))) {
  // Every browser that runs the map reads woff2; the older formats are never asked for.
  if (font.endsWith(".woff2")) await cp(join(katex, "fonts", font), join(site, "katex", "fonts", font));
}

/** Names of the npm packages whose files went into the bundle. */
function packagesIn(inputs) {
  const found = new Set(["katex"]);
  for (const path of Object.keys(inputs)) {
    const match = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (match) found.add(match[1]);
  }
  return [...found].sort();
}

/** One entry of THIRD_PARTY.txt: name, version, licence and its full text. */
async function notice(name) {
  const folder = join(modules, name);
  const { version, license } = versionOf(join(folder, "package.json"));
  if (name === "oxigraph") return `oxigraph ${version}\n\n${await readFile(join(here, "oxigraph-licence.txt"), "utf8")}`;
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name}: no licence file, so it cannot be shipped`);
  const text = (await readFile(join(folder, file), "utf8")).trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

const notices = await Promise.all(packagesIn(bundle.metafile.inputs).map(notice));
const rule = `\n${"-".repeat(78)}\n\n`;
const heading = "Third-party software in this site.\n";
// The package's own licence file covers its code only; the fonts say theirs in their name tables.
const fonts = await readFile(join(here, "fonts-licence.txt"), "utf8");
await writeFile(join(site, "THIRD_PARTY.txt"), [heading, ...notices, fonts].join(rule));
