/** Gate A, hosts: what happens to Hosts, certificates and what filters requests. */
import { host, mapping, ours, secret } from "./manifests.ts";
import { ask, type Scenario } from "./scenario.ts";
import type { Backends } from "./scene.ts";

/** All scenarios of hosts. */
export function harmlessToHosts({ steady, deny403, deny401, one }: Backends): readonly Scenario[] {
  const auth = (address: string) => ({
    "auth.yaml": [ours("AuthService", "auth", { auth_service: address, proto: "http", timeout_ms: 5000 })],
  });
  return [
    {
      name: "a host comes and goes",
      questions: [{ name: "plain", host: "plain.test", path: "/plain/", cleartext: true }],
      steps: [
        {
          edit: ({ put }) =>
            put({
              "plain.yaml": [host("plain", "plain.test"), mapping("plain", steady.address, { hostname: "plain.test" })],
            }),
          served: { plain: "200 steady" },
        },
        { edit: ({ remove }) => remove("plain.yaml"), served: { plain: "404" } },
      ],
    },
    {
      name: "a host below a wildcard comes and goes",
      questions: [{ name: "below", host: "shop.wild.test", path: "/below/" }],
      steps: [
        {
          edit: ({ put }) => put({ "below.yaml": [mapping("below", steady.address, { hostname: "shop.wild.test" })] }),
          served: { below: "200 steady" },
        },
        { edit: ({ remove }) => remove("below.yaml"), served: { below: "404" } },
      ],
    },
    {
      name: "a host with a certificate comes",
      questions: [ask("edited")],
      steps: [
        {
          edit: ({ put }) => put({ "host-c.yaml": [secret("c", "c.test", "c"), host("c", "c.test", { secret: "c" })] }),
        },
      ],
    },
    {
      name: "a Secret comes after its Host",
      once: true,
      questions: [{ name: "certificate of late.test", host: "late.test", path: "", certificate: true }],
      steps: [
        { edit: ({ put }) => put({ "late.yaml": [host("late", "late.test", { secret: "late" })] }) },
        {
          edit: ({ put }) => put({ "secret-late.yaml": [secret("late", "late.test", "late")] }),
          served: { "certificate of late.test": "certificate late" },
        },
      ],
    },
    {
      name: "a Secret is rotated",
      questions: [{ name: "certificate of a.test", host: "a.test", path: "", certificate: true }],
      steps: ["second", "third"].map((name) => ({
        edit: ({ put }) => put({ "secret-a.yaml": [secret("a", "a.test", name)] }),
        served: { "certificate of a.test": `certificate ${name}` },
      })),
    },
    {
      name: "an AuthService comes, changes and goes",
      questions: [ask("judged")],
      steps: [
        { edit: ({ put }) => put({ "judged.yaml": [mapping("judged", one.address)] }), served: { judged: "200 one" } },
        { edit: ({ put }) => put(auth(deny403.address)), served: { judged: "403" } },
        { edit: ({ put }) => put(auth(deny401.address)), served: { judged: "401" } },
        { edit: ({ remove }) => remove("auth.yaml"), served: { judged: "200 one" } },
      ],
    },
  ];
}
