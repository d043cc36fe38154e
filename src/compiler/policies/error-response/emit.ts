/** EMIT of error-response: the filter that runs the script, and the one beside it that gives it values. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { ExtensionWithMatcherSchema } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import { SkipFilterSchema } from "#gen/envoy/extensions/filters/common/matcher/action/v3/skip_action_pb.js";
import {
  HeaderMutationPerRouteSchema,
  HeaderMutationSchema,
} from "#gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js";
import { LuaPerRouteSchema, LuaSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import { HttpResponseStatusCodeClassMatchInputSchema } from "#gen/envoy/type/matcher/v3/status_code_input_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Override } from "./lower.ts";
import { script } from "./script.ts";
import { headerOf, methodHeader, ruleContext } from "./values.ts";

/** The script's filter. */
export function emitScript(overrides: readonly Override[]): Any {
  const source = { specifier: { case: "inlineString", value: script(overrides) } } as const;
  return forErrors("script", pack(LuaSchema, { defaultSourceCode: source }));
}

/** What a route tells the script. */
export function emitRouteRules(overrides: readonly Override[]): Any {
  return pack(LuaPerRouteSchema, { filterContext: ruleContext(overrides) });
}

/** The filter that writes the request's method and the operators' values. */
export function emitValues(operators: readonly string[]): Any {
  const method = written(methodHeader, "%REQ(:METHOD)%");
  return forErrors(
    "values",
    pack(HeaderMutationSchema, { mutations: mutations([method, ...operators.map(ofOperator)]) }),
  );
}

/** What is written on a route beside that. */
export function emitRouteValues(operators: readonly string[]): Any | undefined {
  if (operators.length === 0) return undefined;
  return pack(HeaderMutationPerRouteSchema, { mutations: mutations(operators.map(ofOperator)) });
}

function mutations(list: readonly ReturnType<typeof written>[]) {
  return { responseMutations: [...list] };
}

function ofOperator(operator: string) {
  return written(headerOf(operator), operator);
}

/** An empty value is kept, so that it takes the place of what an upstream may have sent. */
function written(key: string, value: string) {
  const append = { header: { key, value }, appendAction: 2, keepEmptyValue: true } as const;
  return { action: { case: "append", value: append } } as const;
}

/** Nothing is done for other answers, which are most. */
function forErrors(name: string, filter: Any): Any {
  const skip = { name: "skip", typedConfig: pack(SkipFilterSchema, {}) };
  const onMatch = { onMatch: { case: "action", value: skip } } as const;
  return pack(ExtensionWithMatcherSchema, {
    extensionConfig: { name, typedConfig: filter },
    xdsMatcher: {
      matcherType: {
        case: "matcherTree",
        value: {
          input: { name: "status", typedConfig: pack(HttpResponseStatusCodeClassMatchInputSchema, {}) },
          treeType: { case: "exactMatchMap", value: { map: { "1xx": onMatch, "2xx": onMatch, "3xx": onMatch } } },
        },
      },
    },
  });
}
