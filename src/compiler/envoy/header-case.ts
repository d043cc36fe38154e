/** EMIT of how HTTP/1.1 header names are spelled, to clients and to services alike. */
import type {
  Http1ProtocolOptions_HeaderKeyFormatSchema,
  Http1ProtocolOptionsSchema,
} from "#gen/envoy/config/core/v3/protocol_pb.js";
import { PreserveCaseFormatterConfigSchema } from "#gen/envoy/extensions/http/header_formatters/preserve_case/v3/preserve_case_pb.js";
import type { HeaderCase } from "../ir/header-case.ts";
import { type Init, pack } from "./bytes.ts";

/** Nothing where names are in lower case, as Envoy has them. */
export function emitHeaderCase(
  spelling: HeaderCase | undefined,
): Pick<Init<typeof Http1ProtocolOptionsSchema>, "headerKeyFormat"> {
  return spelling === undefined ? {} : { headerKeyFormat: formats[spelling]() };
}

type Format = Init<typeof Http1ProtocolOptions_HeaderKeyFormatSchema>;

const formats: Readonly<Record<HeaderCase, () => Format>> = {
  proper: () => ({ headerFormat: { case: "properCaseWords", value: {} } }),
  sender: () => {
    const value = { name: "preserve_case", typedConfig: pack(PreserveCaseFormatterConfigSchema, {}) };
    return { headerFormat: { case: "statefulFormatter", value } };
  },
};
