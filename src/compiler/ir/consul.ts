/** Services that are looked up in Consul: what is asked, which the compiler derives, and what was answered, an input. */
import type { Origin } from "#base/origin.ts";
import type { Endpoint } from "./endpoints.ts";

/** One service that somebody has to ask Consul for. */
export interface ConsulService {
  /** The agent's address as a URL without a slash at its end. */
  readonly agent: string;
  readonly datacenter: string;
  readonly name: string;
  /** The resolver that says so, or what names a resolver that nobody wrote. */
  readonly origin: Origin;
}

/** What is known of one service. */
export interface ConsulAnswer {
  /** Those of the newest answer; absent while there was none. */
  readonly endpoints?: readonly Endpoint[];
  /** Instances of that answer that cannot be used: which, and why. */
  readonly unusable?: readonly string[];
  /** Why the newest question has no answer. */
  readonly trouble?: string;
}

/** The name of a service's endpoints. No Service's begins so: a colon is in no namespace's name. */
export function consulKey({ agent, datacenter, name }: Omit<ConsulService, "origin">): string {
  return `consul:${agent}/${datacenter}/${name}`;
}
