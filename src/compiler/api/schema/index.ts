/**
 * The door of the schema language: describe a kind once; type, validator, conversion, defaults, CRD and reference
 * page follow from it.
 */
export * from "./build.ts";
export { type Check, compileCheck, isRecord } from "./check.ts";
export { type Convert, compileConvert } from "./convert.ts";
export { compileFill, type Fill } from "./defaults.ts";
export { type Problem, type Trail, trailFrom } from "./problem.ts";
export type { AdmissionRule, ApiVersion, Field, FieldNotes, Generation, ObjectNode, Schema, Static } from "./schema.ts";
