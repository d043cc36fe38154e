/**
 * Loaded into a gateway before its own modules: its machine's names are those of a test's name server, as they are
 * those of the whole world where a gateway is at home.
 */
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

type Found = readonly { readonly address: string; readonly family: number }[];
type Told = (error: Error | null, found?: Found | string, family?: number) => void;

const server = process.env["DRAGOMAN_TEST_NAMES"];
if (server !== undefined) {
  const resolver = new dns.promises.Resolver();
  resolver.setServers([server]);
  const lookup = async (name: string): Promise<Found> => {
    if (isIP(name)) return [{ address: name, family: isIP(name) }];
    return (await resolver.resolve4(name)).map((address) => ({ address, family: 4 }));
  };
  // What connections look names up with: an authority of the real world is never asked by a test.
  const lookupForConnection = (name: string, options: { readonly all?: boolean }, told: Told): void => {
    lookup(name).then(
      (found) => (options.all ? told(null, found) : told(null, found[0]?.address, found[0]?.family)),
      (error: Error) => told(error),
    );
  };
  Object.assign(dns.promises, { lookup });
  Object.assign(dns, { lookup: lookupForConnection });
  syncBuiltinESMExports();
}
