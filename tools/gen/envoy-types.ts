/**
 * Generates src/gen, the Envoy API as protobuf-es modules, from the descriptors in the PyPI package xds-protos and the
 * overlays in protos/extra.
 * Does nothing when no input changed since the last run; a run that is cut short leaves no stamp and is done again.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cacheDirectory, fetchWheel, type Wheel } from "../../src/keeper/wheel.ts";

const descriptors: Wheel = {
  name: "xds-protos",
  version: "1.85.0",
  sha256: "e1e7bfd9936389936b2c85660d9db0dae380f12678a594b983da40dd472f1760",
};
const pythonRuntime: Wheel = {
  name: "protobuf",
  version: "7.36.2",
  sha256: "89f23aa53c24553a2416fd4fd1ec06f74fa42b14b546d8883128813f775bbfd2",
};

/** Brings src/gen up to date; returns whether there was anything to do. */
export async function generateEnvoyTypes(root: string, say: (line: string) => void): Promise<boolean> {
  const target = join(root, "src", "gen");
  const stamp = join(target, ".stamp");
  const hash = inputsHash(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return false;
  say("generating the Envoy types (first time: about 10 s)");
  const work = mkdtempSync(join(root, "node_modules", ".gen-"));
  try {
    const image = await descriptorSet(root, work, say);
    const buf = join(root, "node_modules", "@bufbuild", "buf", "bin", "buf");
    const template = join("protos", "buf.gen.yaml");
    const output = join(work, "gen");
    mkdirSync(output);
    execFileSync(
      process.execPath,
      [buf, "generate", image, "--template", template, "-o", output, "--exclude-path", "google/protobuf"],
      {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    quickenStart(root, output);
    writeFileSync(join(output, ".stamp"), hash);
    rmSync(target, { recursive: true, force: true });
    renameSync(output, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return true;
}

/** Has the generated modules describe their files through protos/file-desc.js, which says why. */
function quickenStart(root: string, output: string): void {
  copyFileSync(join(root, "protos", "file-desc.js"), join(output, "file-desc.js"));
  const runtime = '"@bufbuild/protobuf/codegenv2"';
  const original = new RegExp(`^import \\{ (.*\\b)?fileDesc(?:, )?(.*) \\} from ${runtime};$`, "m");
  for (const path of readdirSync(output, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith("_pb.js")) continue;
    const text = readFileSync(join(output, path), "utf8");
    if (!original.test(text)) throw new Error(`the generated ${path} does not import fileDesc as expected`);
    const others = (_: string, before = "", after = ""): string =>
      `import { ${before}${after} } from ${runtime};\nimport { fileDesc } from "#gen/file-desc.js";`;
    writeFileSync(join(output, path), text.replace(original, others));
  }
}

async function descriptorSet(root: string, work: string, say: (line: string) => void): Promise<string> {
  const options = { env: process.env, cache: cacheDirectory(process.env), say };
  const wheels = [await fetchWheel(descriptors, options), await fetchWheel(pythonRuntime, options)];
  const image = join(work, "envoy.binpb");
  execFileSync("python3", [join(root, "protos", "dump.py"), image, ...overlays(root)], {
    env: { ...process.env, PYTHONPATH: wheels.join(":"), PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return image;
}

function overlays(root: string): readonly string[] {
  const directory = join(root, "protos", "extra");
  return readdirSync(directory)
    .filter((name) => name.endsWith(".textproto"))
    .sort()
    .map((name) => join(directory, name));
}

function inputsHash(root: string): string {
  const hash = createHash("sha256");
  const text = [
    import.meta.filename,
    join(root, "protos", "dump.py"),
    join(root, "protos", "buf.gen.yaml"),
    join(root, "protos", "file-desc.js"),
    ...overlays(root),
  ];
  for (const file of text) hash.update(readFileSync(file));
  hash.update(installedVersion(root, "@bufbuild/protoc-gen-es"));
  return hash.digest("hex");
}

function installedVersion(root: string, name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  return typeof manifest === "object" && manifest && "version" in manifest ? String(manifest.version) : "";
}
