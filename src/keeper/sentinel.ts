/**
 * Ends our processes when the keeper dies without a chance to do it, by SIGKILL or a crash.
 * A tiny shell reads from a pipe that only the keeper holds; when the pipe closes, it ends whatever the last line
 * named. It has a session of its own, so a Ctrl-C on the terminal does not reach it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { errorFields, type Log } from "#base/log.ts";

/** The watcher, told which processes run. */
export interface Sentinel {
  watch(pids: readonly number[]): void;
  /** Nothing is left to end. */
  release(): void;
}

// $1 is the runtime directory. The shell gives a process five seconds to end by itself.
const script = `
trap "" INT HUP TERM
pids=
while read -r line; do pids=$line; done
[ "$pids" = released ] && exit 0
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
tries=0
for pid in $pids; do
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -gt 50 ] && kill -KILL "$pid" 2>/dev/null && break
    sleep 0.1
  done
done
rm -f "$1"/*.sock "$1"/*.pipe "$1"/*.json "$1"/*.json.new
rmdir "$1" 2>/dev/null
`;

const againMs = 200;

/** Starts the watcher; it is started again if somebody ends it. */
export function startSentinel(runtimeDirectory: string, log: Log): Sentinel {
  // A container ends with its first process, and need not have a shell.
  if (process.pid === 1) return { watch: () => undefined, release: () => undefined };
  let last = "";
  let released = false;
  let shell = start();

  function start(): ChildProcess {
    const options = { stdio: ["pipe", "ignore", "ignore"] as ["pipe", "ignore", "ignore"], detached: true };
    const child = spawn("/bin/sh", ["-c", script, "sentinel", runtimeDirectory], options);
    // A broken pipe shows as the shell's exit, which starts another one.
    child.stdin.on("error", () => child.kill());
    child.on("error", (error) => {
      log("warning", "without /bin/sh Envoy goes on if this process is killed", errorFields(error));
    });
    child.on("exit", () => {
      if (released) return;
      setTimeout(() => {
        if (!released) shell = start();
      }, againMs).unref();
    });
    child.unref();
    child.stdin.write(`${last}\n`);
    return child;
  }

  function tell(line: string): void {
    last = line;
    shell.stdin?.write(`${line}\n`);
  }

  return {
    watch: (pids) => tell(pids.join(" ")),
    release() {
      released = true;
      tell("released");
      shell.stdin?.end();
    },
  };
}
