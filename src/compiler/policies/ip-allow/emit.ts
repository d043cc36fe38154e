/** EMIT of ip-allow. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { type PrincipalSchema, RBAC_Action } from "#gen/envoy/config/rbac/v3/rbac_pb.js";
import { RBACSchema } from "#gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.js";
import { type Init, pack } from "../../envoy/bytes.ts";
import type { AddressRules, ClientRange } from "./lower.ts";

/** Envoy's RBAC with one policy for all ranges; without ranges there is none, so an allow list lets nobody in. */
export function emitIpAllow({ action, ranges }: AddressRules): Any {
  const policy = {
    permissions: [{ rule: { case: "any", value: true } as const }],
    principals: ranges.map(emitRange),
  };
  return pack(RBACSchema, {
    rules: {
      action: action === "allow" ? RBAC_Action.ALLOW : RBAC_Action.DENY,
      // The policy's name is in the details of a denied request, where log pipelines look for it.
      policies: ranges.length === 0 ? {} : { [`ambassador-ip-${action}`]: policy },
    },
  });
}

function emitRange({ of, address, bits }: ClientRange): Init<typeof PrincipalSchema> {
  const range = { addressPrefix: address, prefixLen: bits };
  return { identifier: { case: of === "peer" ? "directRemoteIp" : "remoteIp", value: range } };
}
