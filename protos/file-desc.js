/**
 * Stands in for protobuf-es' `fileDesc` in the generated modules; copied to src/gen by tools/gen/envoy-types.ts.
 * The original registers everything a file's imports import in turn, once per path to it, which takes most of the
 * start-up time in an API whose files import each other as densely as Envoy's.
 * A file's own messages only name types of its direct imports, so those are all it is shown.
 */
import { fileDesc as describe } from "@bufbuild/protobuf/codegenv2";

/** The descriptor of a generated file, whose dependencies are complete all the same. */
export function fileDesc(base64, imports = []) {
  const file = describe(
    base64,
    imports.map((imported) => ({ ...imported, dependencies: [] })),
  );
  file.dependencies = imports;
  return file;
}
