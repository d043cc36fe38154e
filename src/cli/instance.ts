/** The running instance, through the admin socket in its runtime directory. */
import { readdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import { isAbsent } from "../keeper/admin-client.ts";
import { CannotRun } from "./cannot-run.ts";

/** The option that says which one. */
export function withInstance(command: Command): Command {
  return command.option("--instance <directory>", "runtime directory of the instance to ask, where there are several");
}

/** Asks the instance in `directory`, or the only one of this user; `input` is sent as JSON. */
export async function askInstance(directory: string | undefined, path: string, input: unknown): Promise<unknown> {
  const found = directory ?? (await onlyInstance());
  const { status, body } = await ask(runtimeDirectoryAt(found).controlSocket, path, input).catch((error: unknown) => {
    if (isAbsent(error)) throw new CannotRun(`no instance answers in ${found}.`);
    throw error;
  });
  if (status === 200) return JSON.parse(body);
  throw new CannotRun(status === 422 ? (JSON.parse(body) as string) : `the instance answers ${status}: ${body.trim()}`);
}

async function onlyInstance(): Promise<string> {
  const candidates = readdirSync(tmpdir())
    .filter((name) => name.startsWith("dragoman-"))
    .map((name) => join(tmpdir(), name))
    .filter(isOurs);
  const alive: string[] = [];
  for (const directory of candidates) if (await answers(directory)) alive.push(directory);
  const [only, ...more] = alive;
  if (only === undefined) throw new CannotRun("nothing is running here: name manifests, or start `dragoman run`.");
  if (more.length === 0) return only;
  throw new CannotRun(`several instances are running: name one with --instance (${alive.join(", ")}).`);
}

function isOurs(directory: string): boolean {
  const socket = statSync(runtimeDirectoryAt(directory).controlSocket, { throwIfNoEntry: false });
  return socket?.isSocket() === true && socket.uid === process.getuid?.();
}

async function answers(directory: string): Promise<boolean> {
  try {
    return (await ask(runtimeDirectoryAt(directory).controlSocket, "/healthz")).status === 200;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function ask(socketPath: string, path: string, input?: unknown): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const json = input === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" } };
    const outgoing = request({ socketPath, path, agent: false, ...json }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("error", reject);
    outgoing.end(input === undefined ? undefined : JSON.stringify(input));
  });
}
