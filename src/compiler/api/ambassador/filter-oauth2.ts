/**
 * The Filter that logs users in with an OpenID provider.
 */
import {
  anything,
  boolean,
  defaulted,
  enumOf,
  list,
  map,
  object,
  optional,
  required,
  secretString,
  string,
} from "../schema/index.ts";
import { duration } from "./cluster-settings.ts";
import { fetching } from "./filter-jwt.ts";
import { ifRequestHeader, templateHeaders } from "./filter-templates.ts";

const jwtAssertion = object({
  setClientID: optional(boolean(), "Send the client id too.", { unset: false }),
  audience: optional(string(), "Audience; the token endpoint by default."),
  signingMethod: optional(string(), "Signature algorithm.", { unset: "RS256" }),
  lifetime: optional(duration, "Lifetime of the assertion.", { unset: "1m" }),
  setNBF: optional(boolean(), "Set `nbf`.", { unset: false }),
  nbfSafetyMargin: optional(duration, "How far back `nbf` is set."),
  setIAT: optional(boolean(), "Set `iat`.", { unset: false }),
  otherClaims: optional(map(anything()), "More claims."),
  otherHeaderParameters: optional(map(anything()), "More header parameters."),
});

const protectedOrigin = object({
  origin: required(string(), "Scheme and authority."),
  internalOrigin: optional(string(), "What requests look like to the gateway; `origin` by default."),
  includeSubdomains: optional(boolean(), "Whether its subdomains share the session.", { unset: false }),
});

const accessTokenJWTFilter = object({
  name: required(string(), "Name of a Filter with `JWT`."),
  namespace: optional(string(), "Its namespace; this Filter's by default."),
  inheritScopeArgument: optional(boolean(), "Check this Filter's scopes too.", { unset: false }),
  stripInheritedScope: optional(boolean(), "Compare scopes without their prefix.", { unset: false }),
  arguments: optional(object({ scope: optional(list(string()), "Scopes.") }), "Its arguments."),
});

/** `OAuth2`. */
export const oauth2 = object({
  authorizationURL: required(string(), "The provider."),
  grantType: optional(
    enumOf("AuthorizationCode", "Password", "ClientCredentials", "ResourceOwner"),
    "How tokens are got.",
    { unset: "AuthorizationCode" },
  ),
  expirationSafetyMargin: optional(duration, "How long a token must still be good."),
  clientAuthentication: optional(
    object({
      method: optional(enumOf("HeaderPassword", "BodyPassword", "JWTAssertion"), "How.", { unset: "HeaderPassword" }),
      jwtAssertion: optional(jwtAssertion, "Settings of the assertion."),
    }),
    "How the client shows the provider who it is.",
  ),
  clientURL: optional(string(), "Old form of one protected origin."),
  protectedOrigins: optional(list(protectedOrigin), "Origins that share the login."),
  useSessionCookies: optional(
    object({
      value: defaulted(boolean(), true, "Whether cookies end with the browser's session."),
      ifRequestHeader: optional(ifRequestHeader, "Only for some requests."),
    }),
    "Lifetime of the cookies.",
  ),
  clientSessionMaxIdle: optional(duration, "When an idle session ends."),
  extraAuthorizationParameters: optional(map(string()), "More parameters for the provider."),
  postLogoutRedirectURI: optional(string(), "Where the browser goes after the logout."),
  clientID: optional(string(), "The client's id."),
  secret: optional(secretString(), "The client's secret."),
  secretName: optional(string(), "Secret that holds it."),
  secretNamespace: optional(string(), "Namespace of the Secret; the Filter's by default."),
  audience: optional(string(), "Once, an audience.", { status: "ignored", because: "it never had an effect" }),
  stateTTL: optional(string(), "Once, a lifetime.", { status: "ignored", because: "it no longer has an effect" }),
  allowMalformedAccessToken: optional(boolean(), "Accept tokens with forbidden characters.", { unset: false }),
  accessTokenValidation: optional(enumOf("auto", "jwt", "userinfo"), "How tokens are checked.", { unset: "auto" }),
  accessTokenJWTFilter: optional(accessTokenJWTFilter, "A Filter that checks the token."),
  injectRequestHeaders: optional(templateHeaders, "Headers added to the request."),
  ...fetching,
});
