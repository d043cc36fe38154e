/** What an Envoy can do, by its version: `1.40`. */

/** Whether one is older than another by its minor version; one that is not a version is not. */
export function isOlderEnvoy(envoyVersion: string, other: string): boolean {
  const [major, minor] = numbers(envoyVersion);
  const [otherMajor, otherMinor] = numbers(other);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Whether it takes scopes with routes in them. */
export function takesScopes(envoyVersion: string): boolean {
  return isFrom(envoyVersion, 40);
}

/** Whether it makes several health checks of one cluster. */
export function makesSeveralChecks(envoyVersion: string): boolean {
  return isFrom(envoyVersion, 40);
}

/** Whether it has a filter that stands for a chain of others. */
export function nestsFilters(envoyVersion: string): boolean {
  return isFrom(envoyVersion, 40);
}

function isFrom(envoyVersion: string, wanted: number): boolean {
  const [major, minor] = numbers(envoyVersion);
  return major === 1 && minor >= wanted;
}

function numbers(envoyVersion: string): readonly [major: number, minor: number] {
  const [major = Number.NaN, minor = Number.NaN] = envoyVersion.split(".").map(Number);
  return [major, minor];
}
