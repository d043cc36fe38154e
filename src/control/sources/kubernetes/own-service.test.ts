/** Which of several Services is the gateway's own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "#base/fields.ts";
import { keepObject } from "./object.ts";
import { ownService } from "./own-service.ts";

const resource = { group: "", version: "v1", plural: "services", kind: "Service", namespaced: true };

function service(name: string, ip?: string, labels = { "app.kubernetes.io/component": "ambassador-service" }) {
  const status = { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } };
  const object = { metadata: { name, namespace: "edge", labels }, spec: { type: "LoadBalancer" }, status };
  return keepObject(fieldsOf(object), resource);
}

const found = (all: readonly ReturnType<typeof service>[], name?: string): unknown =>
  ownService(all, { namespace: "edge", ...(name === undefined ? {} : { ownService: name }) })?.ref.name;

test("by the label, and of several one that has an address", () => {
  assert.equal(found([service("other", "192.0.2.1", { "app.kubernetes.io/component": "other" })]), undefined);
  assert.equal(found([service("waiting"), service("old", "192.0.2.1")]), "old");
});

test("by its name, whatever others there are and whatever they are labelled", () => {
  assert.equal(found([service("old", "192.0.2.1"), service("new")], "new"), "new");
  assert.equal(found([service("old", "192.0.2.1")], "new"), undefined);
});
