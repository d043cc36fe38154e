/** Gate A, objects: what happens to the process and to objects, whatever they say. */
import { edition, host, listener, mapping, module } from "./manifests.ts";
import { ask, type Scenario } from "./scenario.ts";
import type { Backends } from "./scene.ts";

/** All scenarios of objects. */
export function harmlessToObjects({ one }: Backends): readonly Scenario[] {
  const bad = { prefix: "/bad/(", prefix_regex: true };
  return [
    {
      name: "control is killed",
      questions: [ask("edited")],
      steps: [
        { edit: ({ endControl }) => endControl("SIGKILL") },
        {
          edit: ({ put }) => put({ "edited.yaml": [mapping("edited", one.address, edition("5"))] }),
          served: { edited: "200 one edition 5" },
        },
      ],
    },
    {
      name: "control hands over to another",
      questions: [ask("edited")],
      steps: [
        { edit: ({ endControl }) => endControl("SIGTERM") },
        {
          edit: ({ put }) => put({ "edited.yaml": [mapping("edited", one.address, edition("7"))] }),
          served: { edited: "200 one edition 7" },
        },
      ],
    },
    {
      name: "bad objects come and go",
      questions: [ask("edited"), ask("bad")],
      steps: [
        {
          edit: ({ put }) => put({ "bad.yaml": [mapping("bad", one.address, { timeout_ms: "soon" })] }),
          served: { bad: "503" },
        },
        { edit: ({ put }) => put({ "worse.yaml": [mapping("worse", one.address, bad)] }) },
        { edit: ({ put }) => put({ "edited.yaml": [mapping("edited", one.address, { timeout_ms: "soon" })] }) },
        {
          edit: ({ put }) => put({ "edited.yaml": [mapping("edited", one.address, edition("6"))] }),
          served: { edited: "200 one edition 6" },
        },
        { edit: ({ remove }) => remove("bad.yaml", "worse.yaml"), served: { bad: "404" } },
      ],
    },
    {
      name: "an object gets another name, and another file",
      questions: [ask("renamed")],
      steps: [
        { edit: ({ put }) => put({ "renamed.yaml": [mapping("other", one.address, { prefix: "/renamed/" })] }) },
        { edit: ({ move }) => move("renamed.yaml", "moved.yaml") },
        { edit: ({ move }) => move("moved.yaml", "renamed.yaml") },
        { edit: ({ put }) => put({ "renamed.yaml": [mapping("renamed", one.address)] }) },
      ],
    },
    {
      name: "a Host and a Listener get other names",
      questions: [ask("edited")],
      steps: ["other", ""].flatMap((more) => [
        { edit: ({ put }) => put({ "host-b.yaml": [host(`b${more}`, "b.test", { secret: "b" })] }) },
        {
          edit: ({ put }) =>
            put({ "listeners.yaml": [listener(`http${more}`, 8080, "HTTP"), listener(`https${more}`, 8443, "HTTPS")] }),
        },
      ]),
    },
    {
      name: "a Mapping is deleted and made again",
      questions: [ask("edited")],
      steps: [
        { edit: ({ remove }) => remove("edited.yaml"), served: { edited: "404" } },
        {
          edit: ({ put }) => put({ "edited.yaml": [mapping("edited", one.address, edition("1"))] }),
          served: { edited: "200 one edition 1" },
        },
      ],
    },
    {
      name: "a default of all Mappings changes",
      questions: [ask("edited")],
      steps: [
        { edit: ({ put }) => put({ "module.yaml": [module({ cluster_request_timeout_ms: 20_000 })] }) },
        { edit: ({ put }) => put({ "module.yaml": [module()] }) },
      ],
    },
  ];
}
