/** The watch on Consul together with its memory, and how they reach the compiler. */
import { errorFields } from "#base/log.ts";
import type { Compiler, CompilerEdit } from "#compiler";
import type { ControlOptions } from "./options.ts";
import { type ConsulWatch, type OnAnswer, watchConsul } from "./sources/consul/consul.ts";
import { openConsulMemory } from "./sources/consul/memory.ts";

/** What an earlier process was told is compiled with the first edits, so that Envoy keeps the endpoints that it has. */
export async function openConsul(
  { runtimeDirectory, consul, log }: ControlOptions,
  compiler: Compiler,
  push: (edits: readonly CompilerEdit[]) => void,
): Promise<ConsulWatch & { close(): Promise<void> }> {
  const memory = await openConsulMemory(runtimeDirectory, (error) =>
    log("warning", "what Consul says cannot be kept for another process", errorFields(error)),
  );
  compiler.apply([...memory.remembered].map(([key, value]) => ({ kind: "consul", key, value }) as const));
  const onAnswer: OnAnswer = (key, value) => {
    memory.note(key, value);
    push([{ kind: "consul", key, value }]);
  };
  const watch = watchConsul(onAnswer, consul, memory.remembered);
  return {
    ...watch,
    async close() {
      await watch.close();
      await memory.close();
    },
  };
}
