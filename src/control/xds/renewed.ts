/**
 * SERVE: scopes that Envoy may have been sent before. Of a response that it refuses, Envoy keeps the scopes before the
 * bad one without telling its workers, and takes no notice when it is sent the same again. So whatever it may have
 * seen in a refused response is sent with a mark that makes it another.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { type Encoded, toBytes } from "#compiler";
import { ScopedRouteConfigurationSchema } from "#gen/envoy/config/route/v3/scoped_route_pb.js";

/** A scope with a mark in the metadata of its routes, which nothing reads. */
export function renewed(scope: Encoded, mark: string): Encoded {
  const metadata = { filterMetadata: { "dragoman.sent": { mark } } };
  const more = create(ScopedRouteConfigurationSchema, { routeConfiguration: { metadata } });
  // Envoy merges what stands twice.
  return { ...scope, parts: [...scope.parts, toBytes(toBinary(ScopedRouteConfigurationSchema, more))] };
}
