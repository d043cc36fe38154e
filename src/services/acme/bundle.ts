/**
 * One certificate per Secret: all Hosts that name a Secret share one certificate with all their names.
 */
import { type AcmeHost, filledSpec, orderedName, type SecretName } from "./acme-host.ts";

/** What belongs in one Secret. */
export interface Bundle {
  readonly secret: SecretName;
  /** In lower case, sorted. */
  readonly names: readonly string[];
  /** The oldest first; its account orders. */
  readonly hosts: readonly AcmeHost[];
}

/** Groups Hosts whose certificates come from an authority; those without a name that can be ordered are left out. */
export function bundlesOf(hosts: Iterable<AcmeHost>): ReadonlyMap<string, Bundle> {
  const groups = Map.groupBy(
    [...hosts].filter(({ spec }) => orderedName(spec)),
    (host) => bundleKey(host),
  );
  return new Map([...groups].map(([key, members]) => [key, bundle(members)]));
}

/** The key of the bundle that a Host belongs to. */
export function bundleKey(host: AcmeHost): string {
  const { namespace, name } = filledSpec(host).certificate;
  return `${namespace}/${name}`;
}

function bundle(members: readonly AcmeHost[]): Bundle {
  const hosts = members.toSorted(byAge);
  const names = hosts.flatMap(({ spec }) => orderedName(spec) ?? []);
  const [first] = hosts;
  if (!first) throw new Error("a bundle without Hosts");
  return {
    secret: filledSpec(first).certificate,
    names: [...new Set(names)].sort(),
    hosts,
  };
}

function byAge(a: AcmeHost, b: AcmeHost): number {
  const key = ({ created, namespace, name }: AcmeHost): string => [created, namespace, name].join("\0");
  return key(a) < key(b) ? -1 : 1;
}
