/** The chart in users' hands: the real helm, values files of old charts, and an API server that judges every object. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { load } from "js-yaml";
import { manifests, writeRepository } from "../../tools/release/chart.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { chart, type Helm, notesOf, openHelm, valuesFile } from "./helm.ts";

let cluster: Cluster;
let helm: Helm;

before(async () => {
  cluster = await startCluster();
  helm = await openHelm(cluster);
  await cluster.kubectl(["create", "namespace", "ambassador"]);
  await cluster.kubectl(["create", "-f", "-"], { stdin: JSON.stringify(serviceMonitors) });
  await cluster.kubectl(["wait", "--for=condition=Established", "crd/servicemonitors.monitoring.coreos.com"]);
});
after(() => cluster?.stop());

/** What the Prometheus Operator brings, as far as helm looks at it. */
const serviceMonitors = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "servicemonitors.monitoring.coreos.com" },
  spec: {
    group: "monitoring.coreos.com",
    names: { kind: "ServiceMonitor", plural: "servicemonitors" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const users = ["starter-kit", "ambassador-6.7.13", "emissary-8", "nodes-2018", "one-namespace", "operator"] as const;
const release = ["--namespace", "ambassador"] as const;
const install = (name: string, ...args: readonly string[]): Promise<string> =>
  helm("install", name, chart, ...release, ...args);
const uninstall = (name: string): Promise<string> => helm("uninstall", name, ...release);
const get = async (...args: readonly string[]): Promise<string> =>
  (await cluster.kubectl(["get", ...release, ...args])).trim();
const field = (object: string, path: string): Promise<string> => get(object, "-o", `jsonpath={${path}}`);

for (const user of users) {
  test(`values of ${user}: helm finds no fault, and the API server takes every object, twice`, async () => {
    await helm("lint", "--strict", chart, "-f", valuesFile(user));
    await install("ambassador", "-f", valuesFile(user));
    await helm("upgrade", "ambassador", chart, ...release, "-f", valuesFile(user));
    await uninstall("ambassador");
    assert.equal(await get("deployments,daemonsets,services,roles,rolebindings,hpa,pdb", "-o", "name"), "");
    assert.equal(await get("clusterroles,clusterrolebindings,ingressclasses", "-l", ours, "-o", "name"), "");
  });
}
const ours = "app.kubernetes.io/instance=ambassador";

test("a release called ambassador has the names, ports and image that people expect of it", async () => {
  await install("ambassador", "-f", valuesFile("starter-kit"));
  const ports = "{range .items[*]}{.metadata.name} {.spec.type} {.spec.ports[*].port}{'\\n'}{end}";
  assert.equal(
    await get("services", "-o", `jsonpath=${ports}`),
    "ambassador LoadBalancer 80 443\nambassador-admin ClusterIP 8877 8005",
  );
  const balancer = "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol";
  const annotations = JSON.parse(await field("service/ambassador", ".metadata.annotations")) as Record<string, string>;
  assert.equal(annotations[balancer], "true");
  const pod = ".spec.template.spec.containers[0]";
  assert.equal(await field("deployment/ambassador", ".spec.replicas"), "2");
  assert.equal(await field("deployment/ambassador", `${pod}.name`), "ambassador");
  assert.equal(await field("deployment/ambassador", `${pod}.ports[*].containerPort`), "8080 8443 8877 8005");
  assert.equal(await field("deployment/ambassador", `${pod}.resources.requests.memory`), "200Mi");
  await uninstall("ambassador");
});

test("a release of another name does not claim Ambassador's", async () => {
  await install("edge");
  assert.equal(
    await get("deployments,services", "-o", "name"),
    ["deployment.apps/edge-dragoman", "service/edge-dragoman", "service/edge-dragoman-admin"].join("\n"),
  );
  const told = `.spec.template.spec.containers[0].env[?(@.name=="DRAGOMAN_SERVICE")].value`;
  assert.equal(await field("deployment/edge-dragoman", told), "edge-dragoman");
  await uninstall("edge");
});

test("an old file's values without effect are listed, each with its reason, and nothing else is", async () => {
  const report = notesOf(await install("ambassador", "-f", valuesFile("ambassador-6.7.13"), "--dry-run=server"));
  assert.deepEqual(
    report.split("\n").flatMap((line) => /^ {2}([\w.-]+): /.exec(line)?.[1] ?? []),
    [
      ...["agent", "authService", "createDevPortalMappings", "devportal", "enableAES"],
      ...["image.aesRepository", "image.aesTag", "image.ossRepository", "image.ossTag"],
      ...["licenseKey", "rateLimit", "redis", "image"],
    ],
  );
  assert.match(report, /^ {2}redis: nothing needs a Redis$/m);
  assert.match(report, /^ {2}image: docker.io\/datawire\/aes is not an image of this chart; dragoman:\S+ is used$/m);
});

test("values of the operator are listed as what there is no operator for", async () => {
  const report = notesOf(await install("ambassador", "-f", valuesFile("operator"), "--dry-run=server"));
  assert.deepEqual(
    report.split("\n").flatMap((line) => /^ {2}([\w.-]+): /.exec(line)?.[1] ?? []),
    ["baseImage", "helmValues", "image.name", "installOSS", "logLevel", "updateWindow", "version", "namespace"],
  );
  assert.match(report, /^ {2}version: there is no operator; use helm upgrade --version$/m);
});

test("a value that no chart has ever known is listed; what is switched off is not; nor are one's own", async () => {
  const hook = "lifecycle.preStop.exec.command={sleep,10}";
  const given = ["agent.enabled=false", "frobnicate=1", "service.frob=2", "crds.keep=false", "env.ANYTHING=x", hook];
  const report = notesOf(await install("ambassador", "--set", given.join(","), "--dry-run=server"));
  assert.deepEqual(report.match(/^ {2}[\w.-]+: .*$/gm), [
    "  crds.keep: Helm never deletes CustomResourceDefinitions; use kubectl",
    "  frobnicate: this chart does not know it",
    "  service.frob: this chart does not know it",
    "  lifecycle.preStop.exec: there is no shell in the image, nor sleep; pods go on for five seconds by themselves, or longer with --linger-time in extraArgs",
  ]);
  assert.doesNotMatch(notesOf(await install("ambassador", "--dry-run=server")), /no effect/);
});

test("values of a wrong shape are refused before anything is installed", async () => {
  await assert.rejects(install("ambassador", "--set", "service=LoadBalancer"), /service/);
  await assert.rejects(install("ambassador", "--set", "replicaCount=many"), /replicaCount/);
});

for (const user of [...users, undefined] as const) {
  test(`a pod with values of ${user ?? "nobody"} is within the restricted standard`, async () => {
    const files = user === undefined ? [] : ["-f", valuesFile(user)];
    const template = load(
      await helm("template", "ambassador", chart, ...release, ...files, "--show-only=templates/deployment.yaml"),
    ) as { readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } } };
    const { metadata, spec } = template.spec.template;
    // Ports of the node are against the standard, and the user's decision.
    for (const port of spec.containers.flatMap(({ ports }) => ports)) delete port.hostPort;
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "gateway" }, spec };
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    };
    await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(namespace) });
    const stdin = JSON.stringify(pod);
    const create = ["create", "--dry-run=server", "-n", "restricted", "-f", "-"];
    assert.match(await cluster.kubectl(create, { stdin }), /^pod\/gateway created/);
    assert.ok(spec.volumes.every((volume) => !("hostPath" in volume)));
  });
}

interface PodSpec {
  readonly containers: readonly { readonly ports: { hostPort?: number }[] }[];
  readonly volumes: readonly object[];
}

test("Prometheus finds the admin Service; one's own annotations come before the chart's; numbers stay as they are", async () => {
  await install("ambassador", "-f", valuesFile("emissary-8"));
  assert.equal(await field("servicemonitor/ambassador", ".metadata.labels.release"), "prometheus");
  const wanted = JSON.parse(await field("servicemonitor/ambassador", ".spec.selector.matchLabels")) as object;
  const found = Object.entries(wanted).flatMap(([name, value]) => ["-l", `${name}=${value}`]);
  assert.equal(await get("services", ...found, "-o", "name"), "service/ambassador-admin");
  const port = await field("servicemonitor/ambassador", ".spec.endpoints[0].port");
  assert.equal(await field("service/ambassador-admin", `.spec.ports[?(@.name=="${port}")].port`), "8877");
  const env = `.spec.template.spec.containers[0].env[?(@.name=="BYTES")].value`;
  assert.equal(await field("deployment/ambassador", env), "10485760");
  assert.equal(await field("deployment/ambassador", ".spec.template.metadata.labels.large"), "10485760");
  const annotations = await field("deployment/ambassador", ".spec.template.metadata.annotations");
  assert.deepEqual(JSON.parse(annotations), { "prometheus.io/scrape": "true", "sidecar.istio.io/inject": "true" });
  await uninstall("ambassador");
});

test("the admin interface is where the environment says, and its Service and the probes find it there", async () => {
  const where = async (...set: readonly string[]): Promise<readonly unknown[]> => {
    const text = await helm("template", "ambassador", chart, ...set.flatMap((one) => ["--set-string", one]));
    const told = /name: AMBASSADOR_HEALTHCHECK_BIND_PORT\n +value: (\S+)/.exec(text)?.[1];
    const opened = /name: admin\n +containerPort: (\S+)/.exec(text)?.[1];
    return [told, opened, /name: ambassador-admin\n +port: (\d+\n +targetPort: \w+)/.exec(text)?.[1]?.split(/\s+/)];
  };
  assert.deepEqual(await where(), ['"8877"', "8877", ["8877", "targetPort:", "admin"]]);
  assert.deepEqual(await where("adminService.port=9000"), ['"9000"', "9000", ["9000", "targetPort:", "admin"]]);
  const name = "AMBASSADOR_HEALTHCHECK_BIND_PORT";
  for (const given of [`env.${name}=9001`, `envRaw[0].name=${name},envRaw[0].value=9001`]) {
    const [told, ...ports] = await where(given);
    assert.equal(String(told).replaceAll('"', ""), "9001");
    assert.deepEqual(ports, ["9001", ["8877", "targetPort:", "admin"]]);
  }
});

test("the guide's values for Istio mount a directory and name it", async () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/guide/kubernetes.md"), "utf8");
  const [, values = ""] = /^```\n(env:\n {2}AMBASSADOR_ISTIO_SECRET_DIR.*?)^```$/ms.exec(guide) ?? [];
  const file = join(cluster.directory, "istio.yaml");
  writeFileSync(file, values);
  await install("ambassador", "-f", file);
  const pod = ".spec.template.spec";
  const told = `${pod}.containers[0].env[?(@.name=="AMBASSADOR_ISTIO_SECRET_DIR")].value`;
  const mounted = `${pod}.containers[0].volumeMounts[?(@.name=="istio-certs")].mountPath`;
  assert.equal(await field("deployment/ambassador", told), await field("deployment/ambassador", mounted));
  const annotation = ".spec.template.metadata.annotations.sidecar\\.istio\\.io/inject";
  assert.equal(await field("deployment/ambassador", annotation), "false");
  await uninstall("ambassador");
});

test("the guide's NetworkPolicy is for the chart's pods and for ports that they have", async () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/guide/kubernetes.md"), "utf8");
  const [, stdin = ""] =
    /^```\n(apiVersion: networking\.k8s\.io\/v1\nkind: NetworkPolicy\n.*?)^```$/ms.exec(guide) ?? [];
  await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { stdin });
  const { spec } = load(stdin) as NetworkPolicy;
  const text = await helm("template", "ambassador", chart, "--show-only=templates/deployment.yaml");
  const { template } = (load(text) as Deployment).spec;
  for (const [name, value] of Object.entries(spec.podSelector.matchLabels)) {
    assert.equal(template.metadata.labels[name], value);
  }
  const opened = template.spec.containers.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort));
  for (const { port } of spec.ingress.flatMap(({ ports }) => ports)) assert.ok(opened.includes(port), String(port));
});

interface NetworkPolicy {
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly ingress: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly { readonly ports: readonly { readonly containerPort: number }[] }[];
      };
    };
  };
}

test("a longer time to end is used to let requests end", async () => {
  const args = await helm("template", "edge", chart, "--set", "terminationGracePeriodSeconds=120");
  assert.match(args, /- --shutdown-time=105$/m);
  assert.match(args, /- --linger-time=5$/m);
});

test("ports below 1024 need no capability", async () => {
  await install("ambassador", "-f", valuesFile("nodes-2018"));
  const security = ".spec.template.spec.securityContext";
  assert.equal(
    await field("daemonset/ambassador", `${security}.sysctls`),
    '[{"name":"net.ipv4.ip_unprivileged_port_start","value":"80"}]',
  );
  assert.equal(await field("daemonset/ambassador", `${security}.fsGroup`), "2000");
  assert.equal(await field("service/ambassador-admin", ".spec.type"), "NodePort");
  assert.match(await field("service/ambassador-admin", ".spec.ports[*].port"), /^8877 8005$/);
  assert.match(await field("service/ambassador-admin", ".spec.ports[*].nodePort"), /^30877 \d+$/);
  await uninstall("ambassador");
});

test("in the place of Ambassador's chart: the Service keeps its address, and the Deployment is the same one", async () => {
  const old = join(cluster.directory, "old-chart");
  mkdirSync(join(old, "templates"), { recursive: true });
  writeFileSync(join(old, "Chart.yaml"), "apiVersion: v2\nname: ambassador\nversion: 6.7.13\n");
  writeFileSync(join(old, "templates", "all.yaml"), oldObjects);
  copyFileSync(valuesFile("ambassador-6.7.13"), join(old, "values.yaml"));
  await helm("install", "ambassador", old, ...release, "--set", "replicaCount=2");
  const identity = async (): Promise<string> =>
    `${await field("service/ambassador", ".spec.clusterIP")} ${await field("deployment/ambassador", ".metadata.uid")}`;
  const before = await identity();
  const upgrade = ["upgrade", "ambassador", chart, ...release];
  await assert.rejects(helm(...upgrade, "--reuse-values"), /missing properties .*'log'/);
  await helm(...upgrade, "--reset-then-reuse-values");
  assert.equal(await identity(), before);
  assert.match(await field("deployment/ambassador", ".spec.template.spec.containers[*].image"), /^dragoman:\S+$/);
  assert.equal(await field("deployment/ambassador", ".spec.replicas"), "2");
  await uninstall("ambassador");
});

const oldObjects = `
apiVersion: v1
kind: Service
metadata:
  name: ambassador
spec:
  type: LoadBalancer
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: https, port: 443, targetPort: 8443 }]
  selector: { app.kubernetes.io/name: ambassador, app.kubernetes.io/instance: ambassador }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ambassador
spec:
  selector:
    matchLabels: { app.kubernetes.io/name: ambassador, app.kubernetes.io/instance: ambassador }
  template:
    metadata:
      labels: { app.kubernetes.io/name: ambassador, app.kubernetes.io/instance: ambassador, product: aes }
    spec:
      containers: [{ name: ambassador, image: "docker.io/datawire/aes:1.13.10" }]
`;

test("definitions that another installation made, with a webhook that is gone, are taken over as the guide says", async () => {
  const names = ["mappings.getambassador.io", "hosts.getambassador.io"];
  await installCrds(cluster);
  const webhook = {
    conversionReviewVersions: ["v1"],
    clientConfig: { service: { namespace: "emissary-system", name: "emissary-apiext" } },
  };
  for (const name of names) {
    const crd = JSON.parse(await cluster.kubectl(["get", "crd", name, "-o", "json"])) as Definition;
    await cluster.kubectl(["delete", "crd", name]);
    const conversion = { strategy: "Webhook", webhook };
    const theirs = { ...crd, metadata: { name }, spec: { ...crd.spec, conversion } };
    await cluster.kubectl(["create", "--field-manager=helm", "-f", "-"], { stdin: JSON.stringify(theirs) });
  }
  await cluster.kubectl(["delete", "crd", "modules.getambassador.io"]);
  await cluster.kubectl(["apply", "-f", "-"], { stdin: await helm("show", "crds", chart) });
  const strategies = "jsonpath={.items[*].spec.conversion.strategy}";
  assert.equal(await cluster.kubectl(["get", "crd", ...names, "-o", strategies]), "None None");
  assert.match(await cluster.kubectl(["get", "crd", "-o", "name"]), /modules\.getambassador\.io/);
});

interface Definition {
  readonly spec: object;
}

test("a chart repository: add, search, install from it", async () => {
  const directory = join(cluster.directory, "repository");
  await writeRepository(directory);
  const server = createServer((request, response) => response.end(readFileSync(join(directory, request.url ?? ""))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await helm("repo", "add", "dragoman", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const { version, appVersion } = load(readFileSync(join(chart, "Chart.yaml"), "utf8")) as Record<string, string>;
    const [found] = JSON.parse(await helm("search", "repo", "dragoman", "-o", "json")) as Record<string, string>[];
    assert.deepEqual(
      [found?.["name"], found?.["version"], found?.["app_version"]],
      ["dragoman/dragoman", version, appVersion],
    );
    await helm("install", "ambassador", "dragoman/dragoman", ...release, "--version", String(version));
    assert.match(await helm("list", ...release), new RegExp(`dragoman-${version}\\s+${appVersion}`));
    await uninstall("ambassador");
  } finally {
    server.close();
  }
});

test("one file of manifests does the same for kubectl apply, again and again", async () => {
  const file = join(cluster.directory, "dragoman.yaml");
  writeFileSync(file, await manifests());
  await cluster.kubectl(["apply", "-f", file]);
  await cluster.kubectl(["apply", "-f", file]);
  assert.equal(await field("deployment/ambassador", ".metadata.generation"), "1");
  assert.equal(await field("deployment/ambassador", ".spec.template.spec.serviceAccountName"), "ambassador");
  assert.match(await get("services", "-o", "name"), /^service\/ambassador\nservice\/ambassador-admin$/);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd/mappings.getambassador.io"]);
  await cluster.kubectl(["delete", "-f", file, "--wait=false"]);
});
