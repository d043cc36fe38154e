/** The TLS settings of Modules: those of the Module `tls`, or in their place the key `tls` of the Module `ambassador`. */
import { diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { ModuleValues } from "./module.ts";
import type { Objects } from "./objects.ts";
import { byOwner, single } from "./wiring.ts";

/** Declares the contexts that stand for the blocks. */
export function declareTlsModule(
  g: Graph,
  { all, anyHost, anyListener }: Objects,
  module: ModuleValues["settings"],
  lookup: Omit<ambassador.TlsModuleLookup, "written" | "anyHost" | "anyListener">,
): Collection<ambassador.ContextDecl> {
  const key = g.map("tls of the Module", module, ({ config, at }) => single(blocksOf(config.tls, child(at, "tls"))));
  const modules = g.group(
    "Modules tls",
    all("Module"),
    ({ resource }) => (resource.ref.name === "tls" ? [""] : []),
    byOwner,
  );
  const own = g.map("Module tls", modules, (members, reads) => {
    const found = members.map(({ resource }) =>
      blocksOf(resource.spec.tls, { ref: resource.ref, path: ".spec.config" }),
    );
    const [first, ...others] = found.flatMap((one) => (one ? [one] : []));
    const hidden = reads.has(key, "");
    const idle = [...(hidden && first ? [first] : []), ...others];
    return {
      ...single(hidden ? undefined : first),
      diagnostics: idle.map(({ at }) =>
        replaced(at, hidden ? "the key tls of the Module ambassador" : "another Module tls"),
      ),
    };
  });
  const blocks = g.union("TLS blocks", key, own);
  return g.map(
    "lower.tlsModule",
    blocks,
    ambassador.lowerTlsModule({ ...lookup, written: all("TLSContext"), anyHost, anyListener }),
  );
}

function blocksOf(value: unknown, at: Origin): ambassador.TlsBlocks | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return { blocks: value as ambassador.TlsBlocks["blocks"], at };
}

function replaced(at: Origin, by: string) {
  return diagnose("module/second-module", at, `${by} counts instead`, {
    traffic: "none of its settings has an effect",
    hint: "keep one of them",
  });
}
