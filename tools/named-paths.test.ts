/**
 * What prose and comments name is there: files and folders of the repository, verbs of make, and what links lead to.
 * `*` and `<name>` stand for anything; a file of code may be named by the end of its path.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const find = (...patterns: string[]): readonly string[] => globSync(patterns, { cwd: root, exclude: ["src/gen/**"] });

const code = find("{src,test,tools,ui}/**/*.ts");
const pages = find("*.md", "{docs,changes,test,tools,src,charts,ui}/**/*.md");
const verbs = new Set([...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, verb]) => verb));

/** Made by what names it, and not in git. */
const made = new Set(["examples/quickstart/tls-secret.yaml"]);

function isThere(path: string): boolean {
  return made.has(path) || (path.includes("*") ? find(path).length > 0 : existsSync(join(root, path)));
}

/** The paths from the root in a text, and the names of files of code, that nothing has. */
function strangersIn(text: string): readonly string[] {
  const paths = text.matchAll(/(?<![\w./<>*-])(?:src|test|tools|charts|docs|examples|changes|ui|protos)\/[\w./<>*-]*/g);
  const files = text.matchAll(/(?<![\w./<>*-])(?:\.{0,2}\/)*([\w-][\w./-]*\.ts)\b/g);
  return [
    ...[...paths].map(([path]) => path.replace(/\.+$/, "").replace(/<\w+>/g, "*")).filter((path) => !isThere(path)),
    ...[...files].map(([, file]) => file ?? "").filter((file) => !code.some((path) => `/${path}`.endsWith(`/${file}`))),
  ];
}

test("what pages name is there", () => {
  const strangers = pages.flatMap((page) => {
    const text = read(page);
    const asked = [...text.matchAll(/`make ([a-z-]+)/g)].filter(([, verb]) => !verbs.has(verb));
    const links = [...text.matchAll(/\]\((?!https?:)([\w./-]+)/g)].map(([, link]) => join(dirname(page), link ?? ""));
    const gone = [...strangersIn(text), ...asked.map(([verb]) => verb), ...links.filter((link) => !isThere(link))];
    return gone.map((what) => `${page}: ${what}`);
  });
  assert.ok(pages.length > 100);
  assert.deepEqual(strangers, []);
});

test("what comments name is there", () => {
  const strangers = code.flatMap((file) => {
    const comments = read(file).match(/^\s*(?:\/?\*|\/\/).*$/gm) ?? [];
    return strangersIn(comments.join("\n")).map((what) => `${file}: ${what}`);
  });
  assert.deepEqual(strangers, []);
});
