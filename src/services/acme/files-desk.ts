/**
 * The desk of a run on files: a directory holds accounts and certificates, and the compiler gets a certificate as a
 * Secret of its own. There are no statuses and no Events; the log tells.
 */
import type { Log } from "#base/log.ts";
import { type ResourceRef, refKey } from "#base/origin.ts";
import type { Compiler, CompilerEdit, RawObject } from "#compiler";
import type { CertificateDoor } from "../../control/certificates.ts";
import { accountOf } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import type { Desk } from "./desk.ts";
import type { ChallengeBoard } from "./order.ts";
import { NoAuthority } from "./problem.ts";
import { ackMs, isServed } from "./served.ts";
import type { AcmeStore } from "./store.ts";

/** Opens it. */
export function openFilesDesk(store: AcmeStore, door: CertificateDoor, log: Log): Desk {
  const board = boardOf(door);
  return {
    async read({ secret, hosts: [host] }) {
      const account = host && (await store.account(accountOf(host)));
      const { chain, key, failure, attempt } = (await store.bundle(`${secret.namespace}/${secret.name}`)) ?? {};
      return {
        ...(account ? { account } : {}),
        ...(chain === undefined || key === undefined ? {} : { certificate: { chain, key } }),
        ...(failure ? { failure } : {}),
        ...(attempt === undefined ? {} : { attempt }),
      };
    },
    // A file is no place to write defaults back to: what is meant is as good as written.
    fillDefaults: async () => "readable",
    async createKey(host, key) {
      const account = accountOf(host);
      if (!(await store.account(account))) await store.writeAccount(account, { key });
      return "readable";
    },
    joinAccount: async () => undefined,
    async keepRegistration(host, registration) {
      const { key } = (await store.account(accountOf(host))) ?? {};
      if (key !== undefined) {
        await store.writeAccount(accountOf(host), { key, ...(registration === undefined ? {} : { registration }) });
      }
      return "readable";
    },
    beginOrder: async () => ({ placed: undefined, keep: async () => undefined, board, close: async () => undefined }),
    async keepCertificate({ secret: { namespace, name } }, { chain, key }) {
      await store.writeBundle(`${namespace}/${name}`, { chain, key });
      door.push([secretEdit(namespace, name, chain, key)]);
      if (!(await isServed(door))) log("warning", "Envoy has not acknowledged a certificate yet", { secret: name });
    },
    async keepFailure({ secret }, failure, attempt) {
      const key = `${secret.namespace}/${secret.name}`;
      await store.writeBundle(key, { ...(await store.bundle(key)), failure, attempt });
    },
    report: async () => undefined,
    tell: async () => undefined,
    // What was stored stays, so that a Host that comes back has it.
    keepOnly: () => undefined,
  };
}

const mark = "dragoman/obtained";
const secretRef = (namespace: string, name: string): ResourceRef => ({ group: "", kind: "Secret", namespace, name });

/** Whether the Secret stands among the manifests: then it is theirs to keep. */
export function isUsers({ declared }: Compiler, { secret: { namespace, name } }: Bundle): boolean {
  const found = declared.objects.identities.get(refKey(secretRef(namespace, name))) ?? [];
  return found.some(({ annotations }) => annotations[mark] === undefined);
}

/** A certificate as the compiler gets it. */
export function secretEdit(namespace: string, name: string, chain: string, key: string): CompilerEdit {
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
function boardOf(door: CertificateDoor): ChallengeBoard {
  return {
    async show(token, answer, hostname) {
      const ref = hostOf(door.compiler, hostname);
      if (!ref) throw new NoAuthority(`there is no Host for ${hostname} any more`);
      door.push([{ kind: "challenge", key: token, value: { ref, hostname, answer } }]);
      if (!(await isServed(door))) {
        throw new NoAuthority(`Envoy has not acknowledged the answer for ${hostname} in ${ackMs / 1000} s`);
      }
    },
    async withdraw(token) {
      door.push([{ kind: "challenge", key: token }]);
    },
  };
}

function hostOf({ declared }: Compiler, hostname: string): ResourceRef | undefined {
  for (const [, { resource }] of declared.objects.all("Host").entries()) {
    if (resource.spec.hostname.toLowerCase() === hostname) return resource.ref;
  }
  return undefined;
}
