import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { lowerHttpOptions, withTraceIds } from "./defaults.ts";

test("the JSON log leads to Datadog's traces, unless its fields were chosen or others are told", () => {
  const usual = lowerHttpOptions({ envoy_log_type: "json" }).accessLog;
  const fieldsOf = (log: typeof usual) => (log.kind === "json" ? Object.keys(log.fields) : []);
  const told = fieldsOf(withTraceIds(usual, "datadog"));
  deepEqual(told, [...fieldsOf(usual), "dd.trace_id", "dd.span_id"]);
  const typed = withTraceIds(lowerHttpOptions({ envoy_log_type: "typed_json" }).accessLog, "datadog");
  deepEqual(fieldsOf(typed), told);
  equal(withTraceIds(usual, "zipkin"), usual);
  equal(withTraceIds(usual, undefined), usual);
  for (const config of [{}, { envoy_log_type: "json", envoy_log_format: { a: "b" } }] as const) {
    const own = lowerHttpOptions(config).accessLog;
    equal(withTraceIds(own, "datadog"), own);
  }
});
