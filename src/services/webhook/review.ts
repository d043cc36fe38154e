/**
 * ConversionReview: the question of an API server as text → the answer as text. Every question gets one; what is odd
 * about it is said in the answer, which the API server passes on to whoever asked it.
 */
import { valueOfJson } from "#base/fields.ts";
import { isRecord } from "../../compiler/api/schema/index.ts";
import { convertObject } from "./convert-object.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An answer, and what to log of it. */
export interface ReviewAnswer {
  readonly status: 200 | 400;
  readonly body: string;
  /** Why nothing was converted. */
  readonly failure?: string;
}

const apiVersion = "apiextensions.k8s.io/v1";

/** Answers; never throws, whatever the text. */
export function answerReview(text: string): ReviewAnswer {
  const review = valueOfJson(text);
  if (review === undefined) return refusal("this is not JSON");
  const request = isRecord(review) ? review["request"] : undefined;
  if (!isRecord(review) || review["apiVersion"] !== apiVersion || review["kind"] !== "ConversionReview")
    return refusal(`this is not a ConversionReview of ${apiVersion}`);
  if (!isRecord(request) || typeof request["uid"] !== "string") return refusal("the ConversionReview asks nothing");
  const { uid, desiredAPIVersion: desired, objects } = request;
  if (typeof desired !== "string") return failed(uid, "the desired version is not a text");
  if (!Array.isArray(objects)) return failed(uid, "objects is not a list");
  try {
    return converted(uid, objects, desired);
  } catch (error) {
    // A thing like this is a bug, but of one object: it must not keep anybody from all others.
    return failed(uid, `it cannot be converted: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function converted(uid: string, objects: readonly unknown[], desired: string): ReviewAnswer {
  const convertedObjects: Fields[] = [];
  for (const object of objects) {
    const result = convertObject(object, desired);
    if ("why" in result) return failed(uid, `${nameOf(object)}: ${result.why}`);
    convertedObjects.push(result.object);
  }
  return answer({ uid, convertedObjects, result: { status: "Success" } });
}

function failed(uid: string, message: string): ReviewAnswer {
  const response = { uid, convertedObjects: [], result: { status: "Failure", message: `dragoman: ${message}` } };
  return { ...answer(response), failure: message };
}

function answer(response: Fields): ReviewAnswer {
  return { status: 200, body: JSON.stringify({ apiVersion, kind: "ConversionReview", response }) };
}

function refusal(failure: string): ReviewAnswer {
  return { status: 400, body: `${failure}\n`, failure };
}

function nameOf(object: unknown): string {
  const { kind = "object", metadata }: Fields = isRecord(object) ? object : {};
  const { namespace = "", name = "" }: Fields = isRecord(metadata) ? metadata : {};
  return `${String(kind)} ${String(namespace)}/${String(name)}`.slice(0, 300);
}
