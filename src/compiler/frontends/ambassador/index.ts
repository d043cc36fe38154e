/** The door of the Ambassador dialect: its resources → declarations that know no dialect. */

export { type AuthDecl, lowerAuthService } from "./auth-service.ts";
export { lowerChallenge, lowerChallenges, ownChallenges } from "./challenges.ts";
export { lowerUpstream } from "./cluster.ts";
export { lowerHttpOptions, lowerLegacyListening, lowerRouteDefaults, withTraceIds } from "./defaults.ts";
export { lowerHost } from "./host.ts";
export { lowerHostPolicies } from "./host-policies.ts";
export { legacyListeners } from "./legacy-listeners.ts";
export { lowerListener } from "./listener.ts";
export { lowerLogService } from "./log-service.ts";
export { lowerMapping, type MappingLookup, noDefaults } from "./mapping.ts";
export { lowerProbes } from "./probes.ts";
export { lowerConsulResolver, type ResolverDecl } from "./resolver.ts";
export { lowerRuntimeFlags } from "./runtime-flags.ts";
export { catchAllHost, contextHosts } from "./synthetic-host.ts";
export { lowerTcpMapping } from "./tcp-mapping.ts";
export { type ContextDecl, lowerTlsContext } from "./tls.ts";
export { lowerTlsModule, type TlsBlocks, type TlsModuleLookup } from "./tls-module.ts";
export { lowerTracingService } from "./tracing-service.ts";
