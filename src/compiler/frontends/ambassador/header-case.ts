/** LOWER of the Module's `proper_case` and `header_case_overrides`. */
import { isProperCase, type ModuleConfig } from "../../api/index.ts";
import type { HeaderCase } from "../../ir/header-case.ts";

/** How names are spelled to clients. */
export function lowerHeaderCase(config: ModuleConfig): HeaderCase | undefined {
  return config.proper_case ? "proper" : lowerUpstreamCase(config);
}

/** How names are spelled to services: a list alone says that. Envoy knows no list, but what most lists come to. */
export function lowerUpstreamCase({
  header_case_overrides: names = [],
  ...config
}: ModuleConfig): HeaderCase | undefined {
  if (config.proper_case || names.length === 0) return undefined;
  return names.every(isProperCase) ? "proper" : "sender";
}
