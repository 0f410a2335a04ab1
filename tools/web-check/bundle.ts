// How much script a browser must fetch, compressed as it travels: before the first page is usable, and for each later page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectDir } from "../wrangler.ts";

/** One of the chunks in Vite's manifest. */
interface Chunk {
  file: string;
  imports?: string[];
  isDynamicEntry?: boolean;
}

export interface ScriptSizes {
  /** Of the page itself with all it imports. */
  entry: number;
  /** A first visit by each of the pages that people come to first: the entry and what that page adds. */
  firstLoads: { page: string; bytes: number }[];
  /** What a later page, or a part of one, adds to the entry, largest first. */
  later: { name: string; bytes: number }[];
}

export const firstLoadBudgetBytes = 250 * 1024;
const entry = "index.html";
const firstPages = ["pages/sign-in.vue", "pages/devices.vue"];

/** Of what is built in web/dist. */
export function measureScripts(distDir = join(projectDir, "web", "dist")): ScriptSizes {
  const manifest = JSON.parse(readFileSync(join(distDir, ".vite", "manifest.json"), "utf8")) as Record<string, Chunk>;
  const chunk = (name: string): Chunk => {
    const found = manifest[name];
    if (!found) throw new Error(`The build has no ${name}; its name is in tools/web-check/bundle.ts.`);
    return found;
  };
  const withImports = (name: string, all = new Set<string>()): Set<string> => {
    const { file, imports = [] } = chunk(name);
    if (all.has(file)) return all;
    all.add(file);
    for (const imported of imports) withImports(imported, all);
    return all;
  };
  const bytesOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(distDir, file))).byteLength, 0);

  const known = withImports(entry);
  const added = (name: string): number => bytesOf([...withImports(name)].filter((file) => !known.has(file)));
  const entryBytes = bytesOf(known);
  return {
    entry: entryBytes,
    firstLoads: firstPages.map((page) => ({ page, bytes: entryBytes + added(page) })),
    later: Object.keys(manifest)
      .filter((name) => chunk(name).isDynamicEntry === true)
      .map((name) => ({ name: name.replace(/^.*node_modules\//, ""), bytes: added(name) }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}
