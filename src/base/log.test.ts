/**
 * The log as people and programs read it, and what never gets into it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorFields, type LogFields, type LogOptions, openLog } from "./log.ts";

function written(options: Partial<LogOptions>, write: (log: ReturnType<typeof openLog>) => void): readonly string[] {
  const lines: string[] = [];
  write(openLog({ source: "control", ...options, write: (line) => lines.push(line) }));
  return lines;
}

test("text is one line with time, level, source, message and fields", () => {
  const [line = ""] = written({}, (log) => log("info", "two\nlines", { count: 2, name: "a b", absent: undefined }));
  assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z info {5}control {2}two\\nlines {2}count=2 {2}name="a b"\n$/);
});

test("JSON is one object per line", () => {
  const [line = ""] = written({ format: "json" }, (log) => log("warning", "hm", { component: "main" }));
  const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
  assert.equal(Number.isNaN(Date.parse(String(time))), false);
  assert.deepEqual(rest, { level: "warning", source: "control", component: "main", message: "hm" });
});

test("what is less serious than the level is not written", () => {
  const all = ["debug", "info", "warning", "error"] as const;
  for (const [index, level] of all.entries()) {
    const lines = written({ level }, (log) => {
      for (const one of all) log(one, one);
    });
    assert.equal(lines.length, all.length - index);
  }
});

test("a field cannot pass for the log's own, and an object that came through a cast is not written", () => {
  const fields = { message: "x", level: "y", body: { password: "canary" } } as unknown as LogFields;
  const [line = ""] = written({ format: "json" }, (log) => log("info", "real", fields));
  assert.match(line, /"message":"real"/);
  assert.match(line, /"level":"info"/);
  assert.doesNotMatch(line, /canary/);
});

test("errors are told by their message and where they happened", () => {
  const { error, stack } = errorFields(new Error("boom"));
  assert.equal(error, "boom");
  assert.match(String(stack), /log\.test\.ts/);
  assert.deepEqual(errorFields("text"), { error: "text" });
});

test("secrets in messages, fields and errors are removed", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\ncanary1\n-----END PRIVATE KEY-----";
  const lines = written({ level: "debug" }, (log) => {
    log("debug", `key ${pem}`, { token: "Bearer canary2canary2" });
    log("error", "failed", errorFields(new Error(pem)));
  });
  assert.equal(lines.length, 2);
  assert.doesNotMatch(lines.join(), /canary/);
});
