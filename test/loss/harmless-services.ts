/** Gate A, services: what happens behind routes. */
import { startBackend } from "./backends.ts";
import { mapping, service } from "./manifests.ts";
import { ask, type Scenario, type Step } from "./scenario.ts";
import { type Backends, type Colour, streaming } from "./scene.ts";

/** All scenarios of services. */
export function harmlessToServices({ one, two, steady, pods }: Backends): readonly Scenario[] {
  return [
    {
      name: "endpoints are rolled out",
      questions: [ask("shop")],
      steps: [...rollOut(pods, "green"), ...rollOut(pods, "blue")],
    },
    {
      name: "the pod that serves streams is replaced",
      questions: [ask("shop")],
      steps: [
        { edit: ({ put }) => put({ "beats.yaml": service("beats", { one }) }) },
        { edit: ({ put }) => put({ "beats.yaml": service("beats", { steady }) }) },
      ],
    },
    {
      name: "the cluster of streams is replaced",
      questions: [ask("shop")],
      steps: [
        {
          edit: ({ put }) => put({ "beats-mapping.yaml": [streaming({ circuit_breakers: [{ max_requests: 500 }] })] }),
        },
        { edit: ({ put }) => put({ "beats-mapping.yaml": [streaming()] }) },
      ],
    },
    {
      name: "a Service and its Mapping come together, and go",
      questions: [ask("new")],
      steps: [
        {
          edit: ({ put }) => put({ "new.yaml": [...service("new", { two }), mapping("new", "new")] }),
          served: { new: "200 two" },
        },
        { edit: ({ remove }) => remove("new.yaml"), served: { new: "404" } },
      ],
    },
    {
      name: "a Mapping goes to a name that is looked up",
      questions: [ask("named")],
      steps: [
        {
          edit: ({ put }) => put({ "named.yaml": [mapping("named", `localhost:${two.port}`)] }),
          served: { named: "200 two" },
        },
        { edit: ({ remove }) => remove("named.yaml"), served: { named: "404" } },
      ],
    },
    {
      name: "a Mapping goes to a cluster that warms slowly",
      questions: [ask("checked")],
      steps: [
        {
          edit: ({ put }) => put({ "checked.yaml": [...service("checked", { two }), mapping("checked", one.address)] }),
          served: { checked: "200 one" },
        },
        {
          edit: ({ put }) =>
            put({ "checked.yaml": [...service("checked", { two }), mapping("checked", "checked", health)] }),
          served: { checked: "200 two" },
        },
        { edit: ({ remove }) => remove("checked.yaml"), served: { checked: "404" } },
      ],
    },
    {
      name: "a Mapping goes to another Service",
      questions: [ask("shop")],
      steps: [
        {
          edit: ({ put }) =>
            put({ "other.yaml": service("other", { one }), "shop-mapping.yaml": [mapping("shop", "other")] }),
          served: { shop: "200 one" },
        },
        { edit: ({ put }) => put({ "shop-mapping.yaml": [mapping("shop", "shop")] }), served: { shop: "200 blue" } },
      ],
    },
  ];
}

const health = { health_checks: [{ health_check: { http: { path: "/health" } }, interval: "1h" }] };

/** A pod of this colour takes the place of the other's, which is really shut down when it gets no more requests. */
function rollOut(pods: Backends["pods"], to: Colour): readonly Step[] {
  const from = to === "green" ? "blue" : "green";
  return [
    {
      edit: async ({ put }) => {
        pods[to] = await startBackend(to);
        await put({ "shop.yaml": service("shop", pods) });
      },
      served: { shop: [`200 ${from}`, `200 ${to}`] },
    },
    {
      edit: ({ put }) => put({ "shop.yaml": service("shop", { [to]: pods[to] }) }),
      served: { shop: `200 ${to}` },
      after: () => pods[from].end(),
    },
  ];
}
