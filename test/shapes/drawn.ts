/**
 * Configurations with hosts of every kind, small and large, and requests drawn for them: hosts in every spelling, paths
 * that lie next to those that are routed. Every Mapping is a redirect to a name of its own, so that the answer tells
 * which one it was.
 */
import type { RawObject } from "#compiler";
import { rawResource } from "../raw-object.ts";

/** A whole number from 0 to below the argument. */
export type Numbers = (below: number) => number;

/** A configuration, and what its requests are drawn from. */
export interface Drawn {
  readonly objects: readonly RawObject[];
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

/** What kind of configuration. */
export interface Plan {
  /** Routes for any host. */
  readonly shared: number;
  /** Routes of each of the large hosts. */
  readonly large: number;
  /** One Host names a port. */
  readonly ports?: boolean;
}

const hostnames = [
  "*",
  "a.test",
  "b.example.com",
  "*.example.com",
  "*.deep.example.com",
  "foo.*",
  "big.test",
  "flat.test",
];

/** Draws one. */
export function drawConfiguration({ shared, large, ports }: Plan, numbers: Numbers): Drawn {
  const objects: RawObject[] = [rawResource("Listener", "v3alpha1", listener, { name: "http" })];
  const hosts = [...hostnames, ...(ports ? ["a.test:8443", "only.test:8443"] : [])];
  for (const [i, hostname] of hosts.entries())
    objects.push(rawResource("Host", "v3alpha1", host(hostname), { name: `h${i}` }));
  const paths: string[] = ["/"];
  const add = (hostname: string | undefined, path: string, more: object = {}) => {
    const name = `m${objects.length}`;
    paths.push(path);
    const spec = {
      ...(hostname === undefined ? {} : { hostname }),
      prefix: path,
      host_redirect: true,
      service: `${name}.told`,
      ...more,
    };
    objects.push(rawResource("Mapping", "v3alpha1", spec, { name }));
  };
  // Hosts that do not show what names around them show.
  const hidden = { requestPolicy: { insecure: { action: "Reject" } }, hostname: "hidden.example.com" };
  const redirected = { requestPolicy: { insecure: { action: "Redirect" } }, hostname: "redirected.test" };
  objects.push(rawResource("Host", "v3alpha1", hidden, { name: "hidden" }));
  objects.push(rawResource("Host", "v3alpha1", redirected, { name: "redirected" }));
  for (let i = 0; i < large; i++) {
    add("exact.test", `/e${i}`, { prefix_exact: true });
    add("big.test", `/team${i % 20}/svc${i}/`);
    add("flat.test", `/svc-${i}`);
  }
  for (let i = 0; i < shared; i++) add("*", i % 3 === 0 ? `/team${i % 20}/svc${i}/deep/` : `/any${i}/`);
  for (const hostname of [...hosts, "mentioned.test", "mentioned.example.com"]) {
    const few = 2 + numbers(5);
    for (let i = 0; i < few; i++)
      add(hostname, `/${["api", "team1", "svc-1", "any1"][numbers(4)]}/v${numbers(3)}`, oddly(numbers));
    if (numbers(3) > 0) add(hostname, "/", numbers(2) === 0 ? {} : { method: "POST" });
  }
  const beside = Array.from({ length: shared > 100 ? 8 : 0 }, (_, i) => `beside-${i}.test`);
  for (const [i, hostname] of beside.entries()) addBeside(objects, add, hostname, i);
  // Some cluster: the harness does not say that there is none.
  add("cluster.test", "/", { host_redirect: false, service: "127.0.0.1:1" });
  for (let i = 0; i < 25; i++) add("*.example.com", `/wild${i}/`);
  const others = ["mentioned.test", "mentioned.example.com", "exact.test", "hidden.example.com", "redirected.test"];
  return { objects, hosts: [...hosts, ...others, ...beside, ...beside], paths };
}

/** A host whose own routes stand before, after, among and in the place of those for all hosts. */
function addBeside(
  objects: RawObject[],
  add: (hostname: string, path: string, more?: object) => void,
  hostname: string,
  i: number,
): void {
  const action = ["Route", "Redirect", "Reject", "Route"][i % 4];
  objects.push(
    rawResource("Host", "v3alpha1", { hostname, requestPolicy: { insecure: { action } } }, { name: hostname }),
  );
  const [all, deep] = [3 * i + 1, 3 * i];
  add(hostname, `/any${all}/`, i % 2 === 0 ? {} : { method: "POST" });
  add(hostname, `/any${all}/deeper/`);
  add(hostname, `/any${all + 3}`);
  add(hostname, `/team${deep % 20}/svc${deep}/`, { case_sensitive: i !== 5 });
  add(hostname, `/team${deep % 20}/`, i % 2 === 0 ? { headers: { "x-v": "1" } } : {});
  if (i === 6) add(hostname, `/any${all}/[a-z]+/`, { prefix_regex: true });
}

const listener = {
  port: 8080,
  protocol: "HTTP",
  securityModel: "XFP",
  hostBinding: { namespace: { from: "ALL" } },
};

function host(hostname: string): object {
  return { hostname, requestPolicy: { insecure: { action: "Route" } } };
}

function oddly(numbers: Numbers): object {
  const kinds = [
    {},
    { prefix_exact: true },
    { case_sensitive: false },
    { headers: { "x-v": "1" } },
    { method: "POST" },
  ];
  const regex = { prefix: `/team${numbers(20)}/.*svc[0-9]+/.*`, prefix_regex: true };
  return numbers(6) === 5 ? regex : (kinds[numbers(5)] ?? {});
}

/** Draws a request, all its bytes. */
export function drawRequest({ hosts, paths }: Drawn, numbers: Numbers): string {
  const pick = <T>(of: readonly T[]): T => of[numbers(of.length)] as T;
  const method = pick(["GET", "GET", "GET", "POST", "OPTIONS"]);
  const lines = [`${method} ${mutatedPath(pick(paths), numbers)} HTTP/1.1`, `Host: ${spelled(pick(hosts), numbers)}`];
  if (numbers(5) === 0) lines.push("x-v: 1");
  if (numbers(10) === 0) lines.push("x-dragoman-scope: all/xfp/open||wild");
  if (numbers(30) === 0) lines.push("Connection: Upgrade", "Upgrade: websocket");
  if (method === "POST") lines.push("Content-Length: 0");
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function spelled(pattern: string, numbers: Numbers): string {
  const label = ["x", "Deep", "y.z", "a-b", ""][numbers(5)] ?? "";
  const name = pattern.replace("*", label === "" && pattern === "*" ? "unknown.test" : label);
  const cased = [name, name, name.toUpperCase(), name.replace(/^./, (c) => c.toUpperCase())][numbers(4)] ?? name;
  const odd = ["[::1]", "[::1]:8080", "127.0.0.1:80", "~wild", "*", "a.test.", "A.TEST.:8080", "big.test:81", "-"];
  if (numbers(12) === 0) return odd[numbers(odd.length)] ?? "-";
  const end = ["", "", "", ":8080", ":8443", ".", ":80"][numbers(7)] ?? "";
  return /:\d+$/.test(cased) && end.startsWith(":") ? cased : cased + end;
}

function mutatedPath(path: string, numbers: Numbers): string {
  const at = numbers(path.length + 1);
  switch (numbers(14)) {
    case 0:
      return `${path}more/of/it`;
    case 1:
      return path.replace(/\/$/, "") || "/";
    case 2:
      return `${path}?a=/b/c`;
    case 3:
      return `${path.slice(0, at)}/${path.slice(at)}`;
    case 4:
      return path.slice(0, Math.max(1, at));
    case 5:
      return path.toUpperCase();
    case 6:
      return `${path}../x`;
    case 7:
      return `${path}%2Fx`;
    case 8:
      return `/x/..${path}`;
    case 9:
      return `${path.replace(/\/$/, "")}x`;
    case 10:
      return `${path.replace(/\/$/, "")}?${path}`;
    default:
      return path;
  }
}
