/**
 * Loaded into a gateway before its own modules: its machine's names are those of a test's name server, as they are
 * those of the whole world where a gateway is at home.
 */
import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

const server = process.env["DRAGOMAN_TEST_NAMES"];
if (server !== undefined) {
  const resolver = new dns.Resolver();
  resolver.setServers([server]);
  const lookup = async (name: string): Promise<readonly { readonly address: string; readonly family: number }[]> =>
    (await resolver.resolve4(name)).map((address) => ({ address, family: 4 }));
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
}
