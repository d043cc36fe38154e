/** How often an API server is asked for Secrets, and that what it has is never missed for long. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fields, fieldsOf } from "#base/fields.ts";
import type { ApiRequest, Client } from "../../../control/kube/client.ts";
import { ApiFailure } from "../../../control/kube/failure.ts";
import { openSecrets } from "./secrets.ts";

const at = { namespace: "default", name: "cert" };
const owner = { apiVersion: "getambassador.io/v3alpha1", kind: "Host", name: "shop", uid: "1" };

/** A server with one Secret, if any, and a watch that shows what the test lets it show. */
function openServer() {
  const asked: string[] = [];
  let [version, watched]: [number, string | undefined] = [0, undefined];
  let stored: Fields | undefined;
  const write = (body: object): Fields => {
    stored = { ...body, metadata: { ...fieldsOf(Object(body).metadata), resourceVersion: String(++version) } };
    return stored;
  };
  async function ask({ method = "GET", body }: ApiRequest): Promise<unknown> {
    asked.push(method);
    if (method !== "GET") return write(Object(body));
    if (!stored) throw new ApiFailure(404, {});
    return stored;
  }
  return {
    asked,
    client: { ask } as Client,
    watched: () => watched,
    write,
    remove: () => {
      stored = undefined;
    },
    show: () => {
      watched = stored && String(version);
    },
  };
}

test("a Secret that is there is read once, and again when the watch shows another one", async () => {
  const server = openServer();
  const secrets = openSecrets(server.client, server.watched, new AbortController().signal);
  assert.equal(await secrets.readCertificate(at), undefined);
  assert.equal(await secrets.readCertificate(at), undefined);
  assert.deepEqual(server.asked.splice(0), ["GET"]);

  await secrets.writeCertificate(at, { chain: "chain", key: "key" }, [owner]);
  assert.equal((await secrets.readCertificate(at))?.chain, "chain", "although the watch does not show it yet");
  server.show();
  assert.equal((await secrets.readCertificate(at))?.isOthers, false);
  assert.deepEqual(server.asked.splice(0), ["GET", "POST"]);

  server.write({ type: "kubernetes.io/tls", data: { "tls.crt": Buffer.from("other").toString("base64") } });
  server.show();
  assert.equal((await secrets.readCertificate(at))?.chain, "other");
  server.remove();
  server.show();
  assert.equal(await secrets.readCertificate(at), undefined);
  assert.deepEqual(server.asked.splice(0), ["GET", "GET"]);
});

test("what is written replaces what is there by then, whatever was read before", async () => {
  const server = openServer();
  const secrets = openSecrets(server.client, server.watched, new AbortController().signal);
  await secrets.readCertificate(at);
  server.write({ type: "kubernetes.io/tls", data: { "ca.crt": "Y2E=" } });
  await secrets.writeCertificate(at, { chain: "chain", key: "key" }, [owner]);
  assert.deepEqual(server.asked, ["GET", "GET", "PUT"]);
});
