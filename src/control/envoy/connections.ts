/** Whether somebody uses Envoy: what its listeners say of their connections. */
import { askEnvoy } from "./admin.ts";

const path = "/stats?filter=^listener\\..*downstream_cx_active$";

/** Whether somebody is, or may be, connected to a listener other than that of the admin interface. */
export async function hasConnections(socketPath: string): Promise<boolean> {
  const body = await askEnvoy(socketPath, "GET", path);
  const counts = [...body.matchAll(/^listener\.(?!admin\.)\S+: (\d+)$/gm)].map(([, count]) => Number(count));
  // Statistics that an operator has excluded tell nothing.
  return counts.length === 0 || counts.some((count) => count > 0);
}
