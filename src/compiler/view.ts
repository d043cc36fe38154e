/**
 * The second door of the compiler, for people who look at what it made: JSON views without secrets.
 * Apart from the first, because Envoy's types by name take a while to load.
 */
export { resourceJson } from "./envoy/json.ts";
export { linkedJson } from "./linked.ts";
