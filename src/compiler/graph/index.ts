/** The door of the graph: its vocabulary and `openGraph`. */
export type { Changes, Collection, Derived, Graph, Index, Inspection, Reads, Source } from "./graph.ts";
export { openGraph } from "./open.ts";
