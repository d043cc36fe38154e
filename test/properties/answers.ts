/** Arbitrary ConsulResolvers and what Consul answers, of few agents and services, so that they meet. */
import fc, { type Arbitrary } from "fast-check";
import { type ConsulAnswer, consulKey } from "#compiler";

const agents = ["http://127.0.0.1:8500", "https://consul.test:8501/a"] as const;

/** The settings of ConsulResolvers, some of which cannot be used. */
export const consulSettings = {
  address: fc.constantFrom<unknown>("127.0.0.1:8500", "https://Consul.test:8501/a/", "unix:///x", 7),
  datacenter: fc.constantFrom("dc1", "dc1", "dc2", "a/b"),
};

/** The key of a service that may be asked for. */
export const answerKey: Arbitrary<string> = fc
  .tuple(fc.constantFrom(...agents), fc.constantFrom("dc1", "dc2"), fc.constantFrom("one", "two", "a"))
  .map(([agent, datacenter, name]) => consulKey({ agent, datacenter, name }));

/** What Consul may answer. */
export const consulAnswer: Arbitrary<ConsulAnswer> = fc.record(
  {
    endpoints: fc.array(
      fc.record({ address: fc.constantFrom("10.0.0.1", "10.0.0.2", "::1"), port: fc.constantFrom(80, 81) }),
      { maxLength: 3 },
    ),
    unusable: fc.constantFrom([], ["a has no port"]),
    trouble: fc.constantFrom("nothing listens there", "it answers 500"),
  },
  { requiredKeys: [] },
);
