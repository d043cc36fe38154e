/** LINK: which port of a Service is meant. */
import type { ServiceFacts, ServicePortFacts } from "../ir/service.ts";

/** The port that is meant; lenient wishes are also met by a target port, or by the only port there is. */
export function findPort(
  service: ServiceFacts,
  wanted: { readonly port: number; readonly lenient: boolean },
): ServicePortFacts | undefined {
  const exact = service.ports.find((port) => port.port === wanted.port);
  if (exact || !wanted.lenient) return exact;
  const byTarget = service.ports.find((port) => port.targetPort === wanted.port);
  return byTarget ?? (service.ports.length === 1 ? service.ports[0] : undefined);
}
