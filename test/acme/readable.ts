/** Everything that people and programs can read of a gateway and of its cluster, for tests of what must not be in it. */
import { createPrivateKey } from "node:crypto";
import { readdirSync } from "node:fs";
import { type RequestOptions, request } from "node:http";
import { join } from "node:path";
import type { Replica, Site } from "./site.ts";

/** Texts by where they stand. */
export async function readable(site: Site, replica: Replica): Promise<ReadonlyMap<string, string>> {
  const [run = ""] = readdirSync(replica.directory).filter((entry) => entry.startsWith("dragoman-"));
  const envoy = (path: string) => get({ socketPath: join(replica.directory, run, "envoy-admin.sock"), path });
  const admin = (path: string) => get({ host: "127.0.0.1", port: replica.admin, path });
  const question = (path: string) => {
    const headers = { "content-type": "application/json" };
    return get({ host: "127.0.0.1", port: replica.admin, path, method: "POST", headers });
  };
  const texts: Readonly<Record<string, Promise<string> | string>> = {
    "log and access log": replica.program.output(),
    metrics: admin("/metrics"),
    diagnostics: admin("/ambassador/v0/diag/?json=true"),
    routes: question("/routes"),
    timings: admin("/debug"),
    snapshot: get({ host: "127.0.0.1", port: replica.snapshot, path: "/snapshot-external" }),
    "Envoy's configuration": envoy("/config_dump?include_eds"),
    "Envoy's certificates": envoy("/certs"),
    statuses: site.kubectl("get", "hosts,mappings", "-o", "yaml"),
    events: site.kubectl("get", "events", "-o", "yaml"),
    "records of orders and replicas": site.kubectl("get", "configmaps,leases", "-o", "yaml"),
    description: site.kubectl("describe", "hosts"),
  };
  const read = Object.entries(texts).map(async ([where, text]) => [where, await text] as const);
  return new Map(await Promise.all(read));
}

/** Forms in which private keys of the namespace's Secrets would be known again. */
export async function tracesOfKeys(site: Site): Promise<readonly string[]> {
  const { items } = JSON.parse(await site.kubectl("get", "secrets", "-o", "json")) as {
    items: readonly { readonly data?: Readonly<Record<string, string>> }[];
  };
  const keys = items.flatMap(({ data = {} }) => [data["user.key"] ?? [], data["tls.key"] ?? []].flat());
  return keys.flatMap((encoded) => {
    const pem = Buffer.from(encoded, "base64").toString();
    const { d = "" } = createPrivateKey(pem).export({ format: "jwk" });
    const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    // A line of DER begins alike for all keys of a kind; its end does not.
    return [d, encoded.slice(-60), ...lines.map((line) => line.slice(-40))];
  });
}

function get(where: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...where, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        text += part;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${where.path}: ${answer.statusCode} ${text}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(where.method === "POST" ? "{}" : undefined);
  });
}
