/**
 * EMIT of the choice between AuthServices: one filter that asks the service which the request's route names. It reads
 * the route's metadata, and whatever it cannot tell from there is asked of the default; so nothing is ever let through
 * because a route, the choice or a connection is older than the others.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import type { ExprSchema } from "#gen/cel/expr/syntax_pb.js";
import { ExtensionWithMatcherSchema } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import {
  CompositeSchema,
  ExecuteFilterActionSchema,
} from "#gen/envoy/extensions/filters/http/composite/v3/composite_pb.js";
import { CelMatcherSchema } from "#gen/xds/type/matcher/v3/cel_pb.js";
import { HttpAttributesCelMatchInputSchema } from "#gen/xds/type/matcher/v3/http_inputs_pb.js";
import type {
  Matcher_MatcherList_FieldMatcherSchema,
  Matcher_OnMatchSchema,
} from "#gen/xds/type/matcher/v3/matcher_pb.js";
import { type Init, pack } from "../../envoy/bytes.ts";
import { markNamespace } from "../../ir/marks.ts";

type Expr = Init<typeof ExprSchema>;

/** A filter for the requests of the routes that are marked with a word. */
export interface Chosen {
  readonly mark: string;
  readonly filter: Any;
}

/** The full name of the choice's message. */
export const choiceType = ExtensionWithMatcherSchema.typeName;

/** Routes with a mark that is none of these are denied: their service is gone, and nobody else's word counts for it. */
export function emitChoice(usual: Any, chosen: readonly Chosen[], denial: Any): Any {
  const matchers = [
    ...chosen.map((one) => when(isMarked(one.mark), one.filter)),
    when(select(select(routeMetadata, markNamespace), mark, true), denial),
  ];
  return pack(ExtensionWithMatcherSchema, {
    extensionConfig: { name: "composite", typedConfig: pack(CompositeSchema, {}) },
    xdsMatcher: {
      matcherType: { case: "matcherList", value: { matchers } },
      onNoMatch: ask(usual),
    },
  });
}

function when(expr: Expr, filter: Any): Init<typeof Matcher_MatcherList_FieldMatcherSchema> {
  const input = { name: "request", typedConfig: pack(HttpAttributesCelMatchInputSchema, {}) };
  const matcher = { name: "route", typedConfig: pack(CelMatcherSchema, { exprMatch: { celExprParsed: { expr } } }) };
  const single = { input, matcher: { case: "customMatch", value: matcher } } as const;
  return { predicate: { matchType: { case: "singlePredicate", value: single } }, onMatch: ask(filter) };
}

function ask(filter: Any): Init<typeof Matcher_OnMatchSchema> {
  const typedConfig = { name: "ask", typedConfig: filter };
  const action = { name: "ask", typedConfig: pack(ExecuteFilterActionSchema, { typedConfig }) };
  return { onMatch: { case: "action", value: action } };
}

/** The policy's name. */
const mark = "auth";
const routeMetadata = select(select(ident("xds"), "route_metadata"), "filter_metadata");

function isMarked(word: string): Expr {
  const own = select(select(routeMetadata, markNamespace), mark);
  const wanted: Expr = {
    exprKind: { case: "constExpr", value: { constantKind: { case: "stringValue", value: word } } },
  };
  return { exprKind: { case: "callExpr", value: { function: "_==_", args: [own, wanted] } } };
}

function ident(name: string): Expr {
  return { exprKind: { case: "identExpr", value: { name } } };
}

function select(operand: Expr, field: string, testOnly = false): Expr {
  return { exprKind: { case: "selectExpr", value: { operand, field, testOnly } } };
}
