/**
 * The real kubectl, with nothing of the developer's own configuration.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";

/** Who asks, and what kubectl reads. */
export interface KubectlOptions {
  /** The administrator's when absent. */
  readonly kubeconfig?: string;
  readonly stdin?: string;
}

/** Thrown when kubectl exits with another code than 0. */
export class KubectlFailed extends Error {
  override readonly name = "KubectlFailed";
  /** Its own words. */
  readonly stderr: string;
  readonly stdout: string;

  constructor(args: readonly string[], stderr: string, stdout: string) {
    super(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

/** Runs it and returns what it printed. */
export function kubectl(
  program: string,
  directory: string,
  args: readonly string[],
  { kubeconfig, stdin = "" }: KubectlOptions & { readonly kubeconfig: string },
): Promise<string> {
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(directory, "kubectl"), HOME: directory };
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error) reject(new KubectlFailed(args, stderr || error.message, stdout));
      else resolve(stdout);
    });
    // It may refuse its arguments before it has read everything.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
  });
}
