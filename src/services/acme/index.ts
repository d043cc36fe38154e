/**
 * Obtains certificates in a run without a cluster: looks which Hosts have an authority, looks after one certificate
 * for each Secret that they name, and gives certificates and answers to challenges to the compiler.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { Compiler } from "#compiler";
import type { CertificateDoor, Certificates } from "../../control/certificates.ts";
import { type AcmeHost, certificateSource, certificateSpec, missingDefaults } from "./acme-host.ts";
import { bundlesOf } from "./bundle.ts";
import { isUsers, openFilesDesk, secretEdit } from "./files-desk.ts";
import { type AcmeStore, openStore, type StoredBundle, storedBundles } from "./store.ts";
import type { AcmeChoice } from "./tender.ts";
import type { Tending } from "./tending.ts";

/** What it takes to look after certificates, there as soon as one is wanted. */
interface Means {
  readonly store: AcmeStore;
  readonly tending: Tending;
}

const settleMs = 100;
const lockedMs = 30_000;

/** Opens it with the directory that it keeps everything in, which nothing is done to before a Host has an authority. */
export async function openCertificates(directory: string, choice: AcmeChoice, log: Log): Promise<Certificates> {
  const known = await storedBundles(directory).catch((error: unknown) => {
    log("error", "certificates that were obtained before cannot be read", errorFields(error));
    return new Map<string, StoredBundle>();
  });
  let means: Means | undefined;
  let opening: Promise<void> = Promise.resolve();
  const stop = new AbortController();
  let door: CertificateDoor | undefined;
  let settling: NodeJS.Timeout | undefined;

  async function openMeans(to: CertificateDoor): Promise<Means | undefined> {
    const { openTenders } = await import("./client.ts");
    try {
      const store = await openStore(directory);
      if (store) {
        return { store, tending: openTenders(openFilesDesk(store, to, log), choice, log, stop.signal) };
      }
      log("warning", "another process obtains certificates with this state directory; this one waits", { directory });
    } catch (error) {
      log("error", "the state directory cannot be written; certificates are not obtained", errorFields(error));
    }
    if (!stop.signal.aborted) settling = setTimeout(wake, lockedMs).unref();
    return undefined;
  }

  function wake(): void {
    opening = opening.then(look).catch((error: unknown) => {
      log("error", "Hosts cannot be looked through for certificates, because of a bug", errorFields(error));
    });
  }

  async function look(): Promise<void> {
    if (!door || stop.signal.aborted) return;
    const { compiler } = door;
    const bundles = bundlesOf(acmeHosts(compiler));
    if (bundles.size > 0) means ??= await openMeans(door);
    const ours = [...bundles].filter(([, bundle]) => !isUsers(compiler, bundle));
    means?.tending.set(new Map(ours.map(([key, bundle]) => [key, { bundle, version: "" }])));
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
      await opening;
      await means?.tending.close();
      await means?.store.close();
    },
  };
}

/** Hosts as if everything that may be left out were written. */
function* acmeHosts({ declared }: Compiler): Iterable<AcmeHost> {
  for (const [, { resource }] of declared.objects.all("Host").entries()) {
    const { ref, created = "", spec } = resource;
    const own = certificateSpec(spec);
    if (certificateSource(own, false) !== "ACME") continue;
    const host = { namespace: ref.namespace, name: ref.name, created, spec: own };
    yield { ...host, spec: { ...own, ...missingDefaults(host) } };
  }
}
