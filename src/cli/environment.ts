/**
 * The environment variables that the program reads. The reference page is made from this table, and a test holds it
 * against the source.
 */

/** A variable that is read. */
export interface Variable {
  readonly name: string;
  /** What it is when it is not set. */
  readonly unset: string;
  readonly effect: string;
}

/** What is read, by topic. */
export const variables: readonly Variable[] = [
  { name: "AMBASSADOR_ID", unset: "`default`", effect: "Objects with this `ambassador_id` are for this instance." },
  {
    name: "AMBASSADOR_NAMESPACE",
    unset: "`default`",
    effect: "The instance's own namespace, also of objects in files that name none.",
  },
  {
    name: "DRAGOMAN_SERVICE",
    unset: "the one labelled `app.kubernetes.io/component: ambassador-service`",
    effect: "The name of the gateway's own Service, in its own namespace, whose addresses Ingresses show.",
  },
  {
    name: "AMBASSADOR_SINGLE_NAMESPACE",
    unset: "",
    effect: "Any text, even `false`: only objects in the instance's own namespace are looked at.",
  },
  {
    name: "AMBASSADOR_CERTS_SINGLE_NAMESPACE",
    unset: "as AMBASSADOR_SINGLE_NAMESPACE",
    effect: "Any text: Secrets are looked for in the instance's own namespace only.",
  },
  {
    name: "AMBASSADOR_LABEL_SELECTOR",
    unset: "",
    effect: "Only objects whose labels meet it are looked at, for example `app=shop,tier!=test`.",
  },
  {
    name: "AMBASSADOR_FIELD_SELECTOR",
    unset: "",
    effect:
      "In a cluster, only objects whose `metadata.name` and `metadata.namespace` meet it are looked at, for example `metadata.namespace!=test`.",
  },
  {
    name: "AMBASSADOR_UPDATE_MAPPING_STATUS",
    unset: "`false`",
    effect:
      "`true`: in a cluster, the status of every Mapping says whether it is served, not only of those that are not.",
  },
  {
    name: "POD_NAME",
    unset: "the host's name and a hash",
    effect: "In a cluster, what this replica is called in its ConfigMap, in statuses and in the log.",
  },
  {
    name: "POD_UID",
    unset: "",
    effect: "With POD_NAME and POD_NAMESPACE, the Pod that owns that ConfigMap.",
  },
  {
    name: "POD_NAMESPACE",
    unset: "",
    effect: "Where that Pod is; one elsewhere than AMBASSADOR_NAMESPACE owns nothing.",
  },
  {
    name: "KUBECONFIG",
    unset: "`~/.kube/config`, or the pod's service account",
    effect: "Files that name the cluster of a run with `--kubernetes`.",
  },
  {
    name: "AMBASSADOR_CONFIG_DIR",
    unset: "`ambassador-config` below AMBASSADOR_CONFIG_BASE_DIR",
    effect: "What `dragoman run` reads when it is given no path.",
  },
  { name: "AMBASSADOR_CONFIG_BASE_DIR", unset: "`/ambassador`", effect: "Where AMBASSADOR_CONFIG_DIR is by default." },
  { name: "AMBASSADOR_ENVOY_BIND_ADDRESS", unset: "`0.0.0.0`", effect: "The address that listeners bind." },
  {
    name: "AMBASSADOR_DISABLE_ENDPOINTS",
    unset: "",
    effect: "Any text: requests go to the cluster addresses of Services instead of their endpoints.",
  },
  { name: "AMBASSADOR_KNATIVE_SUPPORT", unset: "`false`", effect: "`true`: Ingresses of Knative are served." },
  {
    name: "DISABLE_STRICT_LABEL_SELECTORS",
    unset: "`false`",
    effect: "`true`: of the labels that a Host's `mappingSelector` asks for, one suffices.",
  },
  {
    name: "DRAGOMAN_EXPAND_ENV",
    unset: "",
    effect: "Names of variables, separated by commas, that manifests may use as `$NAME`.",
  },
  { name: "AMBASSADOR_EXPAND_ENV", unset: "", effect: "Further such names." },
  {
    name: "DRAGOMAN_FILE_DIRS",
    unset: "none",
    effect: "Directories, separated by colons, that certificate files which manifests name may be read from.",
  },
  {
    name: "AMBASSADOR_ISTIO_SECRET_DIR",
    unset: "none",
    effect:
      "A directory with `cert-chain.pem`, `key.pem` and `root-cert.pem`: they are the Secret `istio-certs` of the instance's own namespace, and are watched.",
  },
  {
    name: "DRAGOMAN_FALLBACK_CERT",
    unset: "`false`",
    effect:
      "`true`: without Hosts, TLS is served with the Secret `fallback-self-signed-cert` of the instance's own namespace, and cleartext requests are redirected.",
  },
  { name: "AMBASSADOR_NO_TLS_REDIRECT", unset: "", effect: "Any text: with the fallback certificate, they are not." },
  {
    name: "AMBASSADOR_HEALTHCHECK_BIND_PORT",
    unset: "8877 in a pod, else none",
    effect: "The port of the admin interface, where `--admin-port` names none.",
  },
  {
    name: "AMBASSADOR_HEALTHCHECK_BIND_ADDRESS",
    unset: "all addresses in a pod, else `127.0.0.1`",
    effect: "The address of the admin interface and of the snapshot, where `--admin-address` names none.",
  },
  {
    name: "AMBASSADOR_HEALTHCHECK_IP_FAMILY",
    unset: "`ANY`",
    effect: "`IPV4_ONLY` or `IPV6_ONLY`: of all addresses, only those of this family.",
  },
  {
    name: "AMBASSADOR_DISABLE_SNAPSHOT_SERVER",
    unset: "",
    effect: "Any text: `/snapshot-external` is served nowhere, neither at 8005 of a pod nor at `--snapshot-port`.",
  },
  {
    name: "AMBASSADOR_CLUSTER_ID",
    unset: "derived from the cluster",
    effect: "The `cluster_id` in metrics, diagnostics and snapshots.",
  },
  {
    name: "DRAGOMAN_METRICS_CLUSTERS",
    unset: "500",
    effect: "The most upstreams that have series of their own at `/metrics`; those of the others are added up.",
  },
  {
    name: "DRAGOMAN_STATS",
    unset: "",
    effect:
      "Texts, separated by commas: Envoy's statistics whose names contain one are kept beside those that dashboards show; `all`: all are, which takes more memory.",
  },
  {
    name: "DRAGOMAN_MEMORY",
    unset: "the container's limit",
    effect:
      "What a run may use, such as `600Mi`: half of it for the heap of the control process, the rest for Envoy; `none`: neither has a limit.",
  },
  { name: "AMBASSADOR_DRAIN_TIME", unset: "600", effect: "Seconds that connections of a removed listener may go on." },
  { name: "CONSUL_HTTP_TOKEN", unset: "", effect: "The token that Consul is asked with, for all ConsulResolvers." },
  {
    name: "CONSUL_CACERT",
    unset: "the usual authorities",
    effect: "A file of certificates in PEM: the authorities that a Consul at `https://` has its certificate from.",
  },
  {
    name: "AES_ACME_LEADER_DISABLE",
    unset: "`false`",
    effect: "`true`: no certificates are obtained from authorities, whatever Hosts say.",
  },
  {
    name: "DRAGOMAN_EDGE_STACK_HOSTS",
    unset: "`false`",
    effect:
      "`true`: in a cluster, a Host without `acmeProvider` obtains its certificate from Let's Encrypt, as with Edge Stack 1.",
  },
  {
    name: "DRAGOMAN_ACME_EVENT_SOURCE",
    unset: "`Ambassador Edge Stack`",
    effect: "Who Events about certificates are said to be from.",
  },
  {
    name: "DRAGOMAN_ACME_KEYS",
    unset: "`ecdsa-p256`",
    effect:
      "`rsa-2048`: keys of certificates that are obtained from now on are RSA, for clients that know nothing newer.",
  },
  {
    name: "DRAGOMAN_ACME_CHAIN",
    unset: "the authority's own choice",
    effect: "A common name: where an authority offers several chains, the one with an issuer of this name is taken.",
  },
  {
    name: "DRAGOMAN_ACME_EXTERNAL_ACCOUNT",
    unset: "",
    effect:
      "The identifier of an account that an authority knows otherwise, for authorities that make no other accounts (external account binding).",
  },
  {
    name: "DRAGOMAN_ACME_EXTERNAL_ACCOUNT_KEY",
    unset: "",
    effect: "Its HMAC key, base64url.",
  },
  {
    name: "DRAGOMAN_ROUTE_TABLES",
    unset: "`auto`",
    effect:
      "How routes are laid out in Envoy: `table`, which costs least for each request, or `scoped`, which makes edits fast however many routes there are and needs Envoy 1.40. `auto`: by the number of routes at the start, and later, when they have become many, once nobody is connected. `pathed`: as `scoped`, with all hosts divided, for tests.",
  },
  {
    name: "DRAGOMAN_CERTIFICATES",
    unset: "`auto`",
    effect:
      "Where Envoy has certificates from: `chains`, a filter chain for each, or `by-name`, where Envoy asks for a certificate at the first handshake with its name, so that a Host that comes or goes concerns no other; TLS sessions are not resumed then. `auto`: by the number of certificates, as for routes.",
  },
  { name: "ENVOY_CONCURRENCY", unset: "one for each processor", effect: "Envoy's worker threads." },
  { name: "DRAGOMAN_ENVOY", unset: "one on PATH, or the one that is fetched", effect: "The Envoy to run." },
  { name: "DRAGOMAN_CACHE", unset: "`dragoman` below XDG_CACHE_HOME", effect: "Where a fetched Envoy is kept." },
];
