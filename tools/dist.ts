/**
 * `make dist`: everything that is published, in `dist/`. With the word `root` only the container's file system, which
 * is all that building an image needs.
 */
import { join } from "node:path";
import { writeRoot } from "./release/root.ts";

const dist = join(import.meta.dirname, "..", "dist");

await writeRoot(join(dist, "root"));
if (process.argv[2] !== "root") {
  const { writeManifests, writeRepository } = await import("./release/chart.ts");
  await writeRepository(join(dist, "charts"));
  await writeManifests(join(dist, "dragoman.yaml"));
}
