/**
 * LogService: a gRPC service that is told about every request or connection.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, enumOf, integer, list, object, optional, required, type Static, string } from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems, serviceString } from "./service-address.ts";

const additionalHeader = object({
  header_name: required(string(), "Name of the header.", { example: "x-user" }),
  during_request: optional(boolean(), "Whether it is taken from requests.", { unset: true }),
  during_response: optional(boolean(), "Whether it is taken from answers.", { unset: true }),
  during_trailer: optional(boolean(), "Whether it is taken from trailers.", { unset: true }),
});

/** A LogService's settings. */
export const logServiceSchema = object({
  ambassador_id: ambassadorId,
  service: required(serviceString, "The service that is told, by gRPC.", { example: "als:8080" }),
  driver: required(enumOf("tcp", "http"), "Whether it is told about connections or requests."),
  driver_config: optional(
    object({ additional_log_headers: optional(list(additionalHeader), "Headers that are logged too.") }),
    "Settings that depend on the driver.",
  ),
  grpc: optional(boolean(), "Must be true, because it can be told in no other way.", { unset: false }),
  protocol_version: optional(enumOf("v2", "v3"), "Version of the protocol; only v3 is spoken."),
  flush_interval_time: optional(
    integer({ min: 0, max: 2147483647 }),
    "After how many seconds entries are sent at the latest.",
    {
      unset: 1,
      example: 5,
    },
  ),
  flush_interval_byte_size: optional(
    integer({ min: 0, max: 4294967295 }),
    "From how many bytes on entries are sent at once.",
    {
      unset: 16384,
      example: 65536,
    },
  ),
  stats_name: optional(string(), "Name of the service in Envoy's statistics.", {
    old: { name: "v3StatsName" },
    example: "log",
  }),
});

export type LogServiceSpec = Static<typeof logServiceSchema>;
export type LogService = Resource<"LogService", LogServiceSpec>;

/** The kind LogService. */
export const logService = kind({
  kind: "LogService",
  plural: "logservices",
  versions: ["v1", "v2", "v3alpha1"],
  feature: "log-service",
  doc: "A gRPC service that is told about every request or connection.",
  schema: logServiceSchema,
  example: { driver: "http", service: "als:8080", grpc: true, protocol_version: "v3" },
  verify: ({ service }, at) => serviceProblems(service, at),
});
