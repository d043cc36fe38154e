/** `make dev`: the quickstart, with the control plane started again whenever the product's source changes. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { runQuickstart } from "./quickstart-run.ts";

process.exitCode = await runQuickstart("dev", (gateway, ports) => {
  console.log(
    `\nAdmin interface: http://127.0.0.1:${ports.admin}/metrics\nA change in src/ restarts the control plane.\n`,
  );
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(join(import.meta.dirname, "..", "src"), { recursive: true }, (_, file) => {
    if (!file?.endsWith(".ts") || file.endsWith(".test.ts")) return;
    clearTimeout(timer);
    timer = setTimeout(() => restartControl(gateway.pid ?? 0, file), 100);
  });
  gateway.on("exit", () => watcher.close());
});

/** The keeper starts it again as soon as it has ended; Envoy goes on meanwhile. */
function restartControl(keeper: number, file: string): void {
  try {
    execFileSync(join(import.meta.dirname, "program.sh"));
  } catch (error) {
    console.error(`${file} has changed, and the program cannot be put together:`, (error as Error).message);
    return;
  }
  for (const pid of childrenOf(keeper)) {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("control")) continue;
    console.log(`${file} has changed: restarting control`);
    process.kill(pid, "SIGTERM");
  }
}

function childrenOf(parent: number): number[] {
  const lists = readdirSync(`/proc/${parent}/task`).map((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, "utf8"),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
