import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { formatProblem, splitFormat } from "./format-string.ts";

test("texts that Envoy takes", () => {
  const good = [
    "",
    "plain",
    "100%%",
    "%PROTOCOL%",
    "a %REQ(X-A?X-B):10% b",
    "%REQ(:authority?:path)% %REQ(X_A.B!)%",
    "%START_TIME%",
    "%START_TIME(%Y-%m-%d)%",
    "%DYNAMIC_METADATA(istio.mixer:status)%",
    '%UPSTREAM_METADATA(["ns", "key"])%',
    "%FILTER_STATE(a:PLAIN):5%",
    "%GRPC_STATUS(CAMEL_STRING)%",
    "%PATH(NQ:ORIG)%",
    "%DURATION%%%",
  ];
  for (const text of good) equal(formatProblem(text), undefined, text);
});

test("texts that Envoy refuses, and why", () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ["%", /character \d begins no command/],
    ["%%%", /character \d begins no command/],
    ["100%", /write %% for a percent sign/],
    ["%00", /begins no command/],
    ["%foo%", /begins no command/],
    ["%FOO%", /no command %FOO%/],
    ["%REQ%", /needs a parameter/],
    ["%REQ()%", /needs a parameter/],
    ["%REQ(a b)%", /does not take/],
    ["%REQ(A?B?C)%", /does not take/],
    ["%REQ(ü)%", /does not take/],
    ["%REQ(x-a,x-b)%", /does not take/],
    ["%RESP(a?b/c)%", /does not take/],
    ["%REQ(A):99999999999999999999%", /takes no such length/],
    ["%PROTOCOL(x)%", /takes no parameters/],
    ["%PROTOCOL:5%", /takes no parameters/],
    ["%START_TIME:5%", /takes no length/],
    ["%FILTER_STATE(a:FOO)%", /does not take/],
    ["ok %PROTOCOL% %", /begins no command/],
  ];
  for (const [text, reason] of bad) match(formatProblem(text) ?? "", reason, text);
});

test("the gateway's environment cannot be shown", () => {
  match(formatProblem("%ENVIRONMENT(TOKEN)%") ?? "", /not allowed/);
});

test("literal texts and commands, in order", () => {
  const request = { name: "REQ", text: "%REQ(A%B)%" };
  deepEqual(splitFormat("a%%b %REQ(A%B)%%PROTOCOL%!"), [
    "a%b ",
    request,
    { name: "PROTOCOL", text: "%PROTOCOL%" },
    "!",
  ]);
  deepEqual(splitFormat("%%%REQ(A%B)%%%"), ["%", request, "%"]);
  deepEqual(splitFormat(""), []);
});
