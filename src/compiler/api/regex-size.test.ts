/** Sizes of regular expressions, as Envoy 1.40 reported them when its limit was set to 1. */
import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { regexProblem } from "./regex.ts";
import { regexSize } from "./regex-size.ts";

const reported: readonly (readonly [string, number])[] = [
  ["a", 5],
  ["abc", 7],
  ["/api/v[0-9]+/.*", 15],
  ["/api/v[0-9]+/users/[^/]+/posts", 28],
  ["^/foo(/.*)?$", 10],
  ["(?i)abc", 7],
  ["(?i)/api/[a-z]+", 11],
  ["[a-zA-Z0-9_-]+", 9],
  [".*", 6],
  [".+", 7],
  ["\\d{3,5}", 11],
  ["\\w+@\\w+\\.com", 17],
  ["(a|b|c|d)*", 7],
  ["(foo|bar|baz|qux)", 16],
  ["(/[^/]*){0,5}", 34],
  ["[^/]+\\.(js|css|png|jpe?g|gif|svg|ico|woff2?)", 38],
  ["\\p{L}+", 12],
  ["[\\p{L}\\p{N}]+", 15],
  ["é+", 7],
  ["[é-ü]", 5],
  ["[^é]", 7],
  ["(?i)é", 6],
  ["(?s).*", 6],
  ["(?m)^a$", 7],
  ["\\bfoo\\b", 9],
  ["a{1,20}", 43],
  ["(a{2,3}){2,3}", 23],
  ["(ab){10}", 44],
  ["[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}", 72],
  ["(?:[a-z]{2}-[A-Z]{2})", 9],
  ["a?b?c?d?", 12],
  ["x*", 5],
  ["(x*)*", 11],
  ["(|a)", 8],
  ["a||b", 7],
  ["[^a]", 6],
  ["\\pN", 8],
  ["\\s+", 8],
  ["\\S+\\D\\W", 16],
  ["\\Qa.b\\E", 7],
  ["^$", 2],
  ["(?P<name>ab)", 8],
  ["(?<name>ab)", 8],
  ["(?i)straße", 11],
  ["[[:alpha:]]+", 6],
  ["\\z", 4],
  ["\\A", 2],
  ["a+?b*?", 8],
  ["日本語", 13],
  ["[日-語]+", 8],
  ["/(en|de|fr|it|es)(-[A-Z]{2})?/.*", 26],
  ["(?i)^(www\\.)?example\\.(com|org|net)$", 28],
  [".*\\.example\\.com", 18],
  ["[0-9]{1,3}(\\.[0-9]{1,3}){3}", 33],
  ["(?i)K", 5],
  ["(?i)s", 5],
  ["[a-z&&b]", 6],
  ["a{0}", 4],
  ["a{0,0}", 4],
  ["(?:)*", 4],
  ["(abcde|abcdf|abxyz)", 14],
  ["(?i)(abc|abd)", 9],
  ["[a-z]{20}", 24],
  [".{20}", 44],
  ["[^/]{30}", 64],
  ["(.{3}|\\d){4}", 40],
  ["\\pL{5}", 39],
  ["(?i)[a-z]{10}", 14],
  ["(?i)^(?:\\D){0,2}$", 8],
  ["^.a(?:\\D)*a(?:a){2}$", 10],
  ["(?i)^(?:(?:aaa)?)?$", 6],
  ["(?i)^(?:(?:(?:\\D)+(?:a){2}){1,3})+$", 22],
  ["^.\\D\\D...a\\D..(?:a)?$", 23],
  ["^(?:a\\D)*?(?:.a){2}\\D$", 13],
  ["(?s)(?i)^(?:(?:\\D){1,3}a(?:.){0,2}){1,3}$.*", 46],
  ["(?i)^(?:\\D\\D){0,2}$", 12],
  ["(?s)^(?:(?:\\D)*?a\\D(?:a){1,3})*?$.*", 16],
  ["(?i)^(?:\\D(?:\\Da){0,2})*?$", 12],
  ["^(?:a)*?(?:\\D){2}\\D.(?:\\D)?(?:\\Da(?:a){0,2})*$", 21],
  ["^(?:(?:(?:.){2}(?:a){2})?)?$", 9],
  ["(?s)(?i)^\\Da\\D.a$.*", 12],
  ["(?i)^(?:(?:..)+(?:(?:.){2})?)*?$", 13],
];

test("sizes are those that Envoy reports", () => {
  for (const [regex, size] of reported) equal(regexSize(regex), size, regex);
});

test("what Envoy would refuse has a problem", () => {
  match(regexProblem("") ?? "", /empty/);
  match(regexProblem("(?=a)") ?? "", /./);
  match(regexProblem("\\x{10000}") ?? "", /single byte/);
  match(regexProblem("a{197}") ?? "", /201 instructions/);
  equal(regexProblem("a{196}"), undefined);
  match(regexProblem("x".repeat(100_000)) ?? "", /at most 200/);
});
