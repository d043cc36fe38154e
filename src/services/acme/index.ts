/**
 * Obtains certificates in a run without a cluster: looks which Hosts have an authority, looks after one certificate
 * for each Secret that they name, and gives certificates and answers to challenges to the compiler.
 */
import { errorFields, type Log } from "#base/log.ts";
import { type ResourceRef, refKey } from "#base/origin.ts";
import type { Compiler, CompilerEdit, RawObject } from "#compiler";
import type { CertificateDoor, Certificates } from "../../control/certificates.ts";
import { type AcmeHost, certificateSource } from "./acme-host.ts";
import { type Bundle, bundlesOf } from "./bundle.ts";
import type { Sessions } from "./client.ts";
import type { ChallengeBoard } from "./order.ts";
import { NoAuthority } from "./problem.ts";
import { type AcmeStore, openStore, type StoredBundle, storedBundles } from "./store.ts";
import type { Tender, TenderTools } from "./tender.ts";

interface Tended {
  readonly tender: Tender;
  bundle: Bundle;
  timer?: NodeJS.Timeout | undefined;
  busy: boolean;
  again: boolean;
}

/** What it takes to look after certificates, there as soon as one is wanted. */
interface Means {
  readonly store: AcmeStore;
  readonly sessions: Sessions;
  readonly openTender: (key: string, tools: TenderTools) => Tender;
}

const mostAtOnce = 4;
const settleMs = 100;
const ackMs = 30_000;
const bugMs = 600_000;
const lockedMs = 30_000;

/** Opens it with the directory that it keeps everything in, which nothing is done to before a Host has an authority. */
export async function openCertificates(directory: string, log: Log): Promise<Certificates> {
  const known = await storedBundles(directory).catch((error: unknown) => {
    log("error", "certificates that were obtained before cannot be read", errorFields(error));
    return new Map<string, StoredBundle>();
  });
  let means: Means | undefined;
  let opening: Promise<void> = Promise.resolve();
  const stop = new AbortController();
  const tended = new Map<string, Tended>();
  const running = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  let door: CertificateDoor | undefined;
  let settling: NodeJS.Timeout | undefined;

  const turns = new Map<string, Promise<unknown>>();
  const alone = <T>(owner: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(owner) ?? Promise.resolve()).then(work, work);
    turns.set(owner, turn);
    return turn;
  };
  const onObtained: TenderTools["onObtained"] = async ({ secret }, { chain, key }) => {
    if (!door) return;
    door.push([secretEdit(secret.namespace, secret.name, chain, key)]);
    if (!(await isServed(door)))
      log("warning", "Envoy has not acknowledged a certificate yet", { secret: secret.name });
  };
  const open = (key: string, { store, sessions, openTender }: Means): Tender =>
    openTender(key, {
      store,
      board: boardOf(() => door),
      log,
      session: sessions.with,
      alone,
      onObtained,
      now: Date.now,
      chance: Math.random,
    });

  async function run(key: string, one: Tended): Promise<void> {
    if (running.size >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    if (stop.signal.aborted) return;
    const work = one.tender.look(one.bundle).then(
      (next) => plan(key, one, next - Date.now()),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        log("error", "a certificate cannot be looked after, because of a bug", { secret: key, ...errorFields(error) });
        plan(key, one, bugMs);
      },
    );
    running.add(work);
    await work.finally(() => {
      running.delete(work);
      waiting.shift()?.();
    });
  }

  function start(key: string, one: Tended): void {
    clearTimeout(one.timer);
    one.again = one.busy;
    if (one.busy) return;
    one.busy = true;
    void run(key, one).finally(() => {
      one.busy = false;
      if (one.again && !stop.signal.aborted) start(key, one);
    });
  }

  function plan(key: string, one: Tended, ms: number): void {
    if (stop.signal.aborted || !tended.has(key)) return;
    clearTimeout(one.timer);
    one.timer = setTimeout(() => start(key, one), Math.max(0, Math.min(ms, 2 ** 31 - 1))).unref();
  }

  async function openDirectory(): Promise<void> {
    try {
      const store = await openStore(directory);
      if (store) {
        const { openSessions, openTender } = await import("./client.ts");
        means = { store, sessions: openSessions(stop.signal), openTender };
        return;
      }
      log("warning", "another process obtains certificates with this state directory; this one waits", { directory });
    } catch (error) {
      log("error", "the state directory cannot be written; certificates are not obtained", errorFields(error));
    }
    if (!stop.signal.aborted) settling = setTimeout(wake, lockedMs).unref();
  }

  function wake(): void {
    opening = opening.then(look).catch((error: unknown) => {
      log("error", "Hosts cannot be looked through for certificates, because of a bug", errorFields(error));
    });
  }

  async function look(): Promise<void> {
    if (!door || stop.signal.aborted) return;
    const bundles = bundlesOf(acmeHosts(door.compiler));
    if (bundles.size > 0 && !means) await openDirectory();
    if (!means) return;
    for (const [key, one] of tended) {
      if (bundles.has(key)) continue;
      clearTimeout(one.timer);
      tended.delete(key);
    }
    for (const [key, bundle] of bundles) {
      if (isUsers(door.compiler, bundle)) continue;
      const one = tended.get(key) ?? { tender: open(key, means), bundle, busy: false, again: false };
      const isSame = tended.has(key) && JSON.stringify(one.bundle) === JSON.stringify(bundle);
      one.bundle = bundle;
      tended.set(key, one);
      if (!isSame) start(key, one);
    }
  }

  return {
    edits: [...known].flatMap(([key, { chain, key: privateKey }]) => {
      const [namespace, name] = key.split("/");
      return chain && privateKey && namespace && name ? [secretEdit(namespace, name, chain, privateKey)] : [];
    }),
    start(given) {
      door = given;
      wake();
    },
    wake() {
      clearTimeout(settling);
      settling = setTimeout(wake, settleMs).unref();
    },
    async close() {
      stop.abort(new Error("the process ends"));
      clearTimeout(settling);
      for (const { timer } of tended.values()) clearTimeout(timer);
      for (const resolve of waiting.splice(0)) resolve();
      await opening;
      await means?.sessions.close();
      await Promise.allSettled(running);
      await means?.store.close();
    },
  };
}

function* acmeHosts({ declared }: Compiler): Iterable<AcmeHost> {
  for (const [, { resource }] of declared.objects.all("Host").entries()) {
    const { ref, created = "", spec } = resource;
    // The same fields, of which absent ones may read as undefined.
    const { hostname, acmeProvider, tlsSecret } = spec as AcmeHost["spec"];
    const own = { hostname, ...(acmeProvider ? { acmeProvider } : {}), ...(tlsSecret ? { tlsSecret } : {}) };
    if (certificateSource(own, false) !== "ACME") continue;
    yield { namespace: ref.namespace, name: ref.name, created, spec: own };
  }
}

const mark = "dragoman/obtained";
const secretRef = (namespace: string, name: string): ResourceRef => ({ group: "", kind: "Secret", namespace, name });

/** Whether the Secret stands among the manifests: then it is theirs to keep. */
function isUsers({ declared }: Compiler, { secret: { namespace, name } }: Bundle): boolean {
  const found = declared.objects.identities.get(refKey(secretRef(namespace, name))) ?? [];
  return found.some(({ annotations }) => annotations[mark] === undefined);
}

function secretEdit(namespace: string, name: string, chain: string, key: string): CompilerEdit {
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  const value: RawObject = {
    ref: secretRef(namespace, name),
    version: "v1",
    labels: {},
    annotations: { [mark]: "true" },
    // Behind one of the same name that a manifest holds.
    created: "9999-12-31T23:59:59Z",
    body: { type: "kubernetes.io/tls", data: { "tls.crt": encode(chain), "tls.key": encode(key) } },
  };
  return { kind: "object", key: `obtained ${namespace}/${name}`, value };
}

/** Answers are shown by Envoy itself. */
function boardOf(door: () => CertificateDoor | undefined): ChallengeBoard {
  return {
    async show(token, answer, hostname) {
      const to = door();
      const ref = to && hostOf(to.compiler, hostname);
      if (!to || !ref) throw new NoAuthority(`there is no Host for ${hostname} any more`);
      to.push([{ kind: "challenge", key: token, value: { ref, hostname, answer } }]);
      if (!(await isServed(to))) {
        throw new NoAuthority(`Envoy has not acknowledged the answer for ${hostname} in ${ackMs / 1000} s`);
      }
    },
    async withdraw(token) {
      door()?.push([{ kind: "challenge", key: token }]);
    },
  };
}

/** Whether Envoy acknowledges everything in good time. */
async function isServed(door: CertificateDoor): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ackMs);
  return Promise.race([door.served().then(() => true), late.promise]).finally(() => clearTimeout(timer));
}

function hostOf({ declared }: Compiler, hostname: string): ResourceRef | undefined {
  for (const [, { resource }] of declared.objects.all("Host").entries()) {
    if (resource.spec.hostname.toLowerCase() === hostname) return resource.ref;
  }
  return undefined;
}
