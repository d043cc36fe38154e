/** The door of the graph: its vocabulary and `openGraph`. */
export type {
  Changes,
  Collection,
  Derived,
  Graph,
  GraphOptions,
  Index,
  Inspection,
  KeyRef,
  ReadRef,
  Reads,
  Source,
} from "./graph.ts";
export { openGraph } from "./open.ts";
