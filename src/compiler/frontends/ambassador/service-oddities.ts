/** What is odd about a service string that can be used all the same. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { ServiceAddress } from "../../api/index.ts";

/** Says what of a service string, which is at `at`, has no effect, or not the one that it seems to have. */
export function serviceOddities(address: ServiceAddress, tls: string | undefined, at: Origin): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (address.user) {
    found.push(
      diagnose("service/ignored-part", at, "a user name before the host means nothing here", {
        hint: "use add_request_headers to send credentials",
      }),
    );
  }
  if (address.ignored !== undefined) {
    found.push(
      diagnose("service/ignored-part", at, `"${address.ignored}" behind the host means nothing here`, {
        hint: "use rewrite to change paths",
      }),
    );
  }
  if (address.scheme !== undefined && address.scheme !== "http" && address.scheme !== "https") {
    found.push(
      diagnose("service/unknown-scheme", at, `scheme "${address.scheme}" is not known`, {
        traffic: "it is taken for http",
      }),
    );
  }
  if (address.scheme === "http" && tls) {
    found.push(
      diagnose("service/http-with-tls", at, "the service says http://, but tls asks for TLS", {
        traffic: "TLS is used",
      }),
    );
  }
  return found;
}
