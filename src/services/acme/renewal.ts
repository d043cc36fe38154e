/**
 * Whether a certificate has to be replaced, why, and if not yet, when: it lacks a name, its key is not its own, a
 * third of its life is left, or the authority says so.
 */
import type { Chain } from "./chain.ts";
import type { RenewalInfo } from "./renewal-info.ts";

/** What a Secret holds. */
export type StoredCertificate =
  | { readonly kind: "missing" }
  | { readonly kind: "broken"; readonly why: string }
  | {
      readonly kind: "present";
      readonly chain: Chain;
      readonly isKeyOf: boolean;
      /** Why somebody wants it revoked. */
      readonly revoke?: string;
    };

/** What is known beside the certificate. */
export interface RenewalContext {
  /** The names that it is for. */
  readonly wanted: readonly string[];
  readonly info?: RenewalInfo | undefined;
  /** From 0 to 1, the same for the same certificate, so that not all of them are renewed together. */
  readonly chance: number;
}

/** When a certificate is due, with the reason as events tell it. */
export interface Due {
  /** Ms since 1970; 0 is at once. */
  readonly at: number;
  readonly because: string;
  /** Whether what is stored serves until then. */
  readonly isGood: boolean;
}

/** Decides. */
export function renewalDue(stored: StoredCertificate, context: RenewalContext): Due {
  const useless = (because: string): Due => ({ at: 0, because, isGood: false });
  if (stored.kind === "missing") return useless("tlsSecret does not exist");
  if (stored.kind === "broken") return useless(`tlsSecret is not usable: ${stored.why}`);
  const { chain, isKeyOf, revoke } = stored;
  if (!isKeyOf) return useless("tls.key does not belong to tls.crt");
  const lacking = context.wanted.filter((name) => !covers(chain.names, name));
  if (lacking.length > 0) return useless(`the certificate is not for ${lacking.join(", ")}`);
  if (revoke !== undefined) return { at: 0, because: `its revocation is asked for (${revoke})`, isGood: true };
  return { ...whenOld(chain, context), isGood: true };
}

function whenOld(chain: Chain, { info, chance }: RenewalContext): Omit<Due, "isGood"> {
  const life = Math.max(0, chain.notAfter - chain.notBefore);
  const until = new Date(chain.notAfter).toISOString().replace(/\.\d+Z$/, "Z");
  const ofAge = { at: chain.notAfter - life * (1 / 3 - chance / 30), because: `the certificate expires at ${until}` };
  if (!info) return ofAge;
  const because = `the authority asks for it${info.explanation ? ` (${info.explanation})` : ""}`;
  const told = { at: info.start + chance * (info.end - info.start), because };
  // However late an authority may want it, there must be time for several attempts.
  const last = { at: chain.notAfter - life / 6, because: ofAge.because };
  return told.at <= last.at ? told : last;
}

function covers(names: readonly string[], name: string): boolean {
  return names.includes(name) || names.includes(name.replace(/^[^.]+/, "*"));
}
