/**
 * Requests over HTTP/3: Envoy's own QUIC stack as the client. One more Envoy takes each request over a unix socket and
 * sends it on over a QUIC connection of its own, to the address and with the server name that the request asks for,
 * and tells what it saw of the connection in headers of the answer.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { exchangeHttp1, type Seen } from "./exchange.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { Target } from "./target.ts";

const to = "x-over-http3-to";
const serverName = "x-over-http3-sni";
const forwardedProto = "x-over-http3-forwarded-proto";
const told = {
  flags: "x-over-http3-flags",
  failure: "x-over-http3-failure",
  protocol: "x-over-http3-protocol",
  names: "x-over-http3-names",
  version: "x-over-http3-tls",
} as const;

const patienceMs = 10_000;

/** Sends one request; a connection that fails is told as an error, as with other protocols. */
export async function sendOverHttp3(
  spec: RequestSpec,
  target: Target,
  address: { readonly host: string; readonly port: number },
): Promise<Seen> {
  const socket = await connect();
  try {
    socket.setTimeout(patienceMs, () => socket.destroy(new Error("timed out")));
    const { "x-forwarded-proto": proto, ...headers } = spec.headers ?? {};
    const asking = {
      ...headers,
      ...(proto === undefined ? {} : { [forwardedProto]: proto }),
      [to]: `${address.host}:${address.port}`,
      [serverName]: spec.sni ?? target.hostname,
    };
    return seenThrough(await exchangeHttp1({ ...spec, http: "1.1", headers: asking }, target, socket));
  } finally {
    socket.destroy();
  }
}

function seenThrough(answer: Seen): Seen {
  const value = (name: string): string => answer.headers.find(([header]) => header === name)?.[1] ?? "";
  const flags = value(told.flags);
  if (flags !== "-") return { headers: [], body: "", error: `${flags} ${value(told.failure).replaceAll("_", " ")}` };
  const { reason: _, ...rest } = answer;
  return {
    ...rest,
    headers: answer.headers.filter(([name]) => !Object.values<string>(told).includes(name)),
    http: value(told.protocol).replace("HTTP/", ""),
    certificate: { dnsNames: value(told.names).split(",").filter(Boolean) },
    tls: { version: value(told.version), alpn: "h3" },
  };
}

/** A started client. */
interface Client {
  readonly path: string;
  end(): void;
}

let client: Promise<Client> | undefined;

/** The next request is sent by a client that has no session to resume, and so is shown the server's certificate. */
export function forgetHttp3Sessions(): void {
  void client?.then(({ end }) => end());
  client = undefined;
}

/** A connection to the client, which is started with the first request and ends with this process at the latest. */
async function connect(): Promise<Socket> {
  client ??= start();
  const { path } = await client;
  const socket = createConnection(path);
  await once(socket, "connect");
  return socket;
}

async function start(): Promise<Client> {
  const directory = mkdtempSync(join(tmpdir(), "dragoman-http3-"));
  const path = join(directory, "client.sock");
  const options = ["--concurrency", "1", "--use-dynamic-base-id", "-l", "error"];
  const { path: binary } = await obtainEnvoy();
  const child = spawn(binary, ["--config-yaml", JSON.stringify(bootstrap(path)), ...options], { stdio: "ignore" });
  child.unref();
  const end = (): void => {
    process.off("exit", end);
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  process.on("exit", end);
  await listening(path, child);
  return { path, end };
}

async function listening(path: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until && child.exitCode === null) {
    const probe = createConnection(path);
    const there = await once(probe, "connect").then(
      () => true,
      () => false,
    );
    probe.destroy();
    if (there) return;
    await pause(5);
  }
  throw new Error("the HTTP/3 client did not start");
}

const router = {
  name: "envoy.filters.http.router",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
    suppress_envoy_headers: true,
  },
};

function bootstrap(path: string): object {
  return { static_resources: { listeners: [listener(path)], clusters: [cluster] } };
}

function listener(path: string): object {
  const header = (key: string, value: string): object => ({ header: { key, value } });
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "http3",
    server_header_transformation: "PASS_THROUGH",
    generate_request_id: false,
    skip_xff_append: true,
    route_config: {
      response_headers_to_add: [
        header(told.flags, "%RESPONSE_FLAGS%"),
        header(told.failure, "%UPSTREAM_TRANSPORT_FAILURE_REASON%"),
        header(told.protocol, "%UPSTREAM_PROTOCOL%"),
        header(told.names, "%UPSTREAM_PEER_DNS_SAN%"),
        header(told.version, "%UPSTREAM_TLS_VERSION%"),
      ],
      virtual_hosts: [
        {
          name: "any",
          domains: ["*"],
          routes: [{ match: { prefix: "" }, route: { cluster: "http3", timeout: "0s" } }],
        },
      ],
    },
    http_filters: [router],
  };
  return {
    name: "client",
    address: { pipe: { path } },
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
}

/** What was only for this Envoy is taken off; x-forwarded-proto is as the request has it, not as Envoy would. */
const requestMutations = [
  { remove: "x-forwarded-proto" },
  { append: { header: { key: "x-forwarded-proto", value: `%REQ(${forwardedProto})%` } } },
  ...[to, serverName, forwardedProto].map((remove) => ({ remove })),
];

const protocolOptions = {
  "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
  upstream_http_protocol_options: { auto_sni: true, override_auto_sni_header: serverName },
  common_http_protocol_options: { max_requests_per_connection: 1 },
  explicit_http_config: { http3_protocol_options: {} },
  http_filters: [
    {
      name: "envoy.filters.http.header_mutation",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
        mutations: { request_mutations: requestMutations },
      },
    },
    {
      name: "envoy.filters.http.upstream_codec",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
      },
    },
  ],
};

const cluster = {
  name: "http3",
  type: "ORIGINAL_DST",
  lb_policy: "CLUSTER_PROVIDED",
  original_dst_lb_config: { use_http_header: true, http_header_name: to },
  connect_timeout: "5s",
  typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocolOptions },
  transport_socket: {
    name: "envoy.transport_sockets.quic",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport",
      upstream_tls_context: {
        common_tls_context: { validation_context: { trust_chain_verification: "ACCEPT_UNTRUSTED" } },
      },
    },
  },
};
