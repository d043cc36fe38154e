/** The lane of secrets: those that something uses. A rotated one changes itself only. */
import { emitSecret } from "../envoy/secret.ts";
import { lowerSecret } from "../frontends/secrets.ts";
import type { Graph } from "../graph/index.ts";
import type { Chains } from "./chains.ts";
import type { Hosts } from "./hosts.ts";
import type { Upstreams } from "./upstreams.ts";
import { byKey, keep, uses } from "./wiring.ts";

/** Declares who uses which secret, and the secrets' bytes. */
export function declareSecrets(g: Graph, { material }: Hosts, { clusters }: Upstreams, { chains, claimed }: Chains) {
  const ofChains = g.map("secrets of chains", chains, ({ tls }, _, key) =>
    uses(`chain ${key}`, tls?.certificate, tls?.policy.validation),
  );
  const ofNames = g.map("secrets of names", claimed, ({ byName, tls, serverName }, _, key) =>
    byName && tls ? uses(`name ${key}`, { ...tls.certificate, name: serverName }) : { out: [] },
  );
  const ofClusters = g.map("secrets of clusters", clusters, ({ policy: { tls } }, _, key) =>
    uses(`cluster ${key}`, tls?.certificate, tls?.validation),
  );
  const usedSecrets = g.group(
    "secret uses",
    g.union("used secrets", ofChains, ofNames, ofClusters),
    (use) => [use.name],
    byKey,
  );
  const linked = g.map("link.Secret", usedSecrets, lowerSecret(material));
  return {
    usedSecrets,
    encodedSecrets: g.map("emit.Secret", linked, (secret) => keep(secret.name, emitSecret(secret))),
  };
}
