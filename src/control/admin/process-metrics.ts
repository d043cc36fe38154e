/** The process in the words that every Prometheus client uses. */
import { readdir, readFile } from "node:fs/promises";
import { type Metric, metric } from "./prometheus.ts";

/** Figures of this process. Those that only Linux tells are left out elsewhere. */
export async function processMetrics(): Promise<readonly Metric[]> {
  const { user, system } = process.cpuUsage();
  const started = Date.now() / 1000 - process.uptime();
  const portable = [
    metric("process_cpu_seconds_total", "counter", "Processor time.", (user + system) / 1e6),
    metric("process_resident_memory_bytes", "gauge", "Memory in use.", process.memoryUsage.rss()),
    metric("process_start_time_seconds", "gauge", "When it started, since 1970.", Math.round(started * 100) / 100),
  ];
  return [...portable, ...(process.platform === "linux" ? await linuxMetrics() : [])];
}

async function linuxMetrics(): Promise<readonly Metric[]> {
  const [open, status, limits] = await Promise.all([
    readdir("/proc/self/fd"),
    readFile("/proc/self/status", "utf8"),
    readFile("/proc/self/limits", "utf8"),
  ]);
  const virtual = Number(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
  return [
    metric("process_virtual_memory_bytes", "gauge", "Address space in use.", virtual),
    metric("process_open_fds", "gauge", "Open file descriptors.", open.length),
    metric("process_max_fds", "gauge", "Most file descriptors that it may open.", most),
  ];
}
