import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { rawObject, rawResource } from "../../../test/raw-object.ts";
import { openCompiler, type RawObject, withhold } from "../../compiler/index.ts";
import { createLastGoodKeeper } from "./last-good.ts";

const mapping = (name: string, service: string) => {
  const value = rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: `/${name}/`, service }, { name });
  return { kind: "object" as const, key: name, value };
};

test("a change is recent until Envoy has acknowledged what holds its effect, whatever comes after it", () => {
  const compiler = openCompiler();
  const keeper = createLastGoodKeeper(compiler, []);
  const edit = (name: string, service: string, number: number) => {
    const edits = [mapping(name, service)];
    compiler.apply([...edits, ...keeper.before(edits)]);
    compiler.commit();
    compiler.apply(keeper.after(number));
  };
  const recent = () => [...keeper.recent.values()].map(({ ref }) => ref.name);
  edit("a", "one", 1);
  edit("b", "one", 2);
  keeper.forget(1);
  deepEqual(recent(), ["b"]);
  edit("c", "one", 3);
  edit("b", "two", 4);
  keeper.forget(3);
  deepEqual(recent(), ["b"]);
  const [b] = keeper.recent.values();
  equal(JSON.stringify(b?.previous?.body).includes('"one"'), true);
  keeper.before([mapping("d", "one")]);
  keeper.forget(99);
  deepEqual(recent(), ["d"], "what is being compiled is in no change set yet");
});

test("a Secret whose data is dropped leaves none of it behind, and is no version to go back to", () => {
  const secret = rawObject("Secret", "v1", { type: "kubernetes.io/tls", data: { "tls.crt": "Yw==" } });
  const edit = (value: RawObject) => ({ kind: "object" as const, key: "secret", value });
  const after = (version: RawObject) => {
    const compiler = openCompiler();
    const keeper = createLastGoodKeeper(compiler, []);
    compiler.apply([edit(version), ...keeper.before([edit(version)])]);
    compiler.commit();
    keeper.after(1);
    keeper.forget(1);
    return keeper;
  };
  const dropped = after(secret);
  dropped.before([edit(withhold(secret))]);
  equal(dropped.recent.size, 0);
  const fetched = after(withhold(secret));
  deepEqual(fetched.before([edit(secret)]), []);
  const [one] = fetched.recent.values();
  equal(one?.previous, undefined);
});
