/** What the kernel knows of a process: its processor time and its memory. */
import { readdirSync, readFileSync } from "node:fs";

/** A process that is measured. */
export interface Process {
  /** Processor time of all its threads so far, in ms. */
  processorMs(): number;
  resident(): Resident;
}

/** Resident memory now, and at its largest, in bytes. */
export interface Resident {
  readonly now: number;
  readonly most: number;
}

/** Looks at a process, which must be running. */
export function processOf(pid: number | string): Process {
  const schedstat = (task: string) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8");
  return {
    processorMs: () =>
      readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(schedstat(task).split(" ")[0]) / 1e6, 0),
    resident() {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const bytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
      return { now: bytes("VmRSS"), most: bytes("VmHWM") };
    },
  };
}
