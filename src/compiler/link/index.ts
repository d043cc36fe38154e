/** The door of LINK: declarations meet, references are resolved, conflicts settled, and everything gets its order. */
export * from "./chains.ts";
export * from "./clusters.ts";
export * from "./consul.ts";
export * from "./domains.ts";
export * from "./endpoints.ts";
export * from "./http3.ts";
export * from "./https-port.ts";
export * from "./listeners.ts";
export * from "./names.ts";
export * from "./order.ts";
export * from "./own-clusters.ts";
export * from "./routes.ts";
export * from "./served.ts";
export * from "./services.ts";
export * from "./sites.ts";
export * from "./tcp.ts";
export * from "./virtual-hosts.ts";
