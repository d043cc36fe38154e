/** `make envoy`: has the Envoy that the tests need ready in the cache, and says which one it is when it was fetched. */
import { EnvoyUnavailable, obtainEnvoy } from "../src/keeper/envoy-binary.ts";

try {
  await obtainEnvoy();
} catch (error) {
  if (!(error instanceof EnvoyUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
