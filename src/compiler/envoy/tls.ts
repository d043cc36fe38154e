/** EMIT of TLS: transport sockets for both directions. Key material is never inline, always by SDS name. */
import type { TransportSocketSchema } from "#gen/envoy/config/core/v3/base_pb.js";
import { QuicDownstreamTransportSchema } from "#gen/envoy/extensions/transport_sockets/quic/v3/quic_transport_pb.js";
import { SNISchema } from "#gen/envoy/extensions/transport_sockets/tls/cert_mappers/sni/v3/config_pb.js";
import { ConfigSchema as OnDemandSchema } from "#gen/envoy/extensions/transport_sockets/tls/cert_selectors/on_demand_secret/v3/config_pb.js";
import {
  type CommonTlsContextSchema,
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from "#gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import type { TlsVersion, UpstreamTls } from "../ir/cluster.ts";
import type { TlsPolicy } from "../ir/host.ts";
import type { SecretUse } from "../ir/secret.ts";
import { type Init, pack } from "./bytes.ts";
import { ads } from "./config-source.ts";

type TransportSocket = Init<typeof TransportSocketSchema>;
type CommonTls = Init<typeof CommonTlsContextSchema>;

const versions = { "v1.0": 1, "v1.1": 2, "v1.2": 3, "v1.3": 4 } as const;

/** TLS towards an upstream. */
export function emitUpstreamTls(tls: UpstreamTls): TransportSocket {
  const context = pack(UpstreamTlsContextSchema, {
    commonTlsContext: emitCommon(tls, tls.certificate, tls.validation),
    ...(tls.sni === undefined ? {} : { sni: tls.sni }),
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } };
}

/** TLS towards clients with one certificate. */
export function emitDownstreamTls(certificate: SecretUse, policy: TlsPolicy): TransportSocket {
  const context = pack(DownstreamTlsContextSchema, {
    commonTlsContext: emitCommon(policy, certificate, policy.validation),
    ...(policy.requireClientCertificate ? { requireClientCertificate: true } : {}),
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } };
}

/**
 * TLS towards clients with a certificate for each name, for which Envoy asks by that name. It cannot resume sessions
 * then. A client that gives no name asks for one that nobody has.
 */
export function emitTlsByName(policy: TlsPolicy): TransportSocket {
  const selector = pack(OnDemandSchema, {
    configSource: ads,
    certificateMapper: { name: "sni", typedConfig: pack(SNISchema, { defaultValue: "*" }) },
  });
  const context = pack(DownstreamTlsContextSchema, {
    commonTlsContext: {
      ...emitCommon(policy, undefined, policy.validation),
      customTlsCertificateSelector: { name: "by-name", typedConfig: selector },
    },
    ...(policy.requireClientCertificate ? { requireClientCertificate: true } : {}),
    sessionTicketKeysType: { case: "disableStatelessSessionResumption", value: true },
    disableStatefulSessionResumption: true,
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } };
}

/**
 * QUIC towards clients with one certificate. It speaks TLS 1.3 and the protocol h3, whatever TCP is to speak. A request
 * is served once the handshake is over, as with TCP: what comes before could be sent again by somebody else.
 */
export function emitQuic(certificate: SecretUse, { ecdhCurves }: TlsPolicy): TransportSocket {
  const context = pack(QuicDownstreamTransportSchema, {
    downstreamTlsContext: { commonTlsContext: emitCommon(ecdhCurves ? { ecdhCurves } : {}, certificate) },
    enableEarlyData: false,
  });
  return { name: "envoy.transport_sockets.quic", configType: { case: "typedConfig", value: context } };
}

interface TlsSettings {
  readonly alpn?: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites?: readonly string[];
  readonly ecdhCurves?: readonly string[];
}

function emitCommon(settings: TlsSettings, certificate?: SecretUse, validation?: SecretUse): CommonTls {
  return {
    tlsParams: {
      ...(settings.minVersion ? { tlsMinimumProtocolVersion: versions[settings.minVersion] } : {}),
      ...(settings.maxVersion ? { tlsMaximumProtocolVersion: versions[settings.maxVersion] } : {}),
      cipherSuites: [...(settings.cipherSuites ?? [])],
      ecdhCurves: [...(settings.ecdhCurves ?? [])],
    },
    alpnProtocols: [...(settings.alpn ?? [])],
    tlsCertificateSdsSecretConfigs: certificate ? [{ name: certificate.name, sdsConfig: ads }] : [],
    ...(validation
      ? {
          validationContextType: {
            case: "validationContextSdsSecretConfig",
            value: { name: validation.name, sdsConfig: ads },
          },
        }
      : {}),
  };
}
