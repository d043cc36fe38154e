/**
 * How the time until an edited route is served grows with the number of routes, in four layouts, beside Envoy's own
 * share. `LAYOUT="one * host" SIZES=100,1000 EDITS=30` measures less.
 */
import { measureEdits } from "./edited.ts";
import { printHead, recordSamples } from "./figures.ts";
import { layout, layoutNames } from "./layouts.ts";

const sizes = (process.env["SIZES"] ?? "100,1000,10000,50000").split(",").map(Number);
const edits = Number(process.env["EDITS"] ?? 60);
/** Until what an edit runs through is compiled to machine code, which takes as long as the edits themselves. */
const unmeasured = 40;

printHead("Envoy's own share");
for (const name of layoutNames.filter((name) => name.includes(process.env["LAYOUT"] ?? ""))) {
  for (const size of sizes) {
    const { served, share, processor } = await measureEdits(layout(name, size), { edits, unmeasured });
    recordSamples(`route edited → served, ${name}, ${size} Mappings`, size, "ms", served, share);
    recordSamples(`processor time of control for it, ${name}, ${size} Mappings`, size, "ms", processor);
  }
}
