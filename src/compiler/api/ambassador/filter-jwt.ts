/**
 * The Filter that checks JSON Web Tokens.
 */
import { boolean, enumOf, list, object, optional, string } from "../schema/index.ts";
import { duration } from "./cluster-settings.ts";
import { errorResponse, templateHeaders } from "./filter-templates.ts";

/** How the connections of a Filter to the outside are made. */
export const fetching = {
  insecureTLS: optional(boolean(), "Do not check the server's certificate.", { unset: false }),
  renegotiateTLS: optional(enumOf("never", "onceAsClient", "freelyAsClient"), "TLS renegotiation.", { unset: "never" }),
  maxStale: optional(duration, "How old a cached answer may be.", { old: { name: "v3MaxStale" }, unset: "0" }),
};

/** `JWT`. */
export const jwt = object({
  jwksURI: optional(string(), "Address of the keys."),
  ...fetching,
  validAlgorithms: optional(list(string()), "Signature algorithms; all but `none` by default."),
  audience: optional(string(), "Audience that a token must name, if it names one."),
  requireAudience: optional(boolean(), "Whether it must name one.", { unset: false }),
  issuer: optional(string(), "Issuer that a token must name, if it names one."),
  requireIssuer: optional(boolean(), "Whether it must name one.", { unset: false }),
  requireExpiresAt: optional(boolean(), "Whether `exp` must be there.", { unset: false }),
  leewayForExpiresAt: optional(duration, "How late a token may be."),
  requireNotBefore: optional(boolean(), "Whether `nbf` must be there.", { unset: false }),
  leewayForNotBefore: optional(duration, "How early a token may be."),
  requireIssuedAt: optional(boolean(), "Whether `iat` must be there.", { unset: false }),
  leewayForIssuedAt: optional(duration, "How early a token may be."),
  injectRequestHeaders: optional(templateHeaders, "Headers added to the request."),
  errorResponse: optional(errorResponse, "What clients without a good token get."),
});
