/**
 * Which statuses are not as they should be. A look is as long as what may have changed since the last one: objects that
 * were delivered, that the compiler takes differently or of which something else is wrong, and those of which something
 * is still to be done. All objects are looked at where something has changed that concerns all, and now and then for
 * what nobody tells of.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { type Compiler, isOwnService, type OwnServicePlace } from "#compiler";
import type { CertificateLeader } from "../certificates.ts";
import { type Folded, foldReplicas, isAsFar, type Replica } from "../replicas/fold.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { ownService } from "../sources/kubernetes/own-service.ts";
import { statusChange } from "./desired.ts";
import { changedProblems, type Problems, problemsOf } from "./problems.ts";
import type { DesiredStatus, StatusContext } from "./standing.ts";
import type { Waiting } from "./waiting.ts";

/** What is looked at. */
export interface SurveyOptions {
  readonly compiler: Compiler;
  /** A cluster's objects as they were last seen, by `refKey`. */
  readonly objects: () => ReadonlyMap<string, ClusterObject>;
  /** Where the gateway's own Service is. */
  readonly own: OwnServicePlace;
  readonly updateMappings: boolean;
  /** Who looks after certificates, if anybody does. */
  readonly certificates?: Pick<CertificateLeader, "status"> | undefined;
  diagnostics(): readonly Diagnostic[];
  readonly waiting: Pick<Waiting, "begin" | "note" | "end">;
}

/** An object of which something is to be said, or else no longer. */
export interface Looked {
  readonly key: string;
  /** Absent: it is gone. */
  readonly object?: ClusterObject | undefined;
  /** Errors and warnings, here and at other replicas. */
  readonly problems: readonly Diagnostic[];
  /** Its status is not as it should be. */
  readonly change?: DesiredStatus | undefined;
}

/** Looks, from the first time on at all objects. */
export interface Survey {
  /** These are to be looked at again. */
  mark(keys: Iterable<string>): void;
  /** Looks at all that may have changed, as all replicas that live see it. */
  look(replicas: readonly Replica[]): Promise<readonly Looked[]>;
  close(): void;
}

/** How long objects are looked at before edits are. */
const sliceMs = 5;
/** Looks at everything for what nobody told of: a status may depend on the time. */
const lookAtAllMs = 30_000;

/** What the last look was made with. */
interface Last {
  readonly diagnostics: readonly Diagnostic[];
  readonly problems: Problems;
  readonly replicas: readonly Replica[];
  /** When all were looked at, by performance.now(). */
  readonly allAt: number;
}

/** What one look is made with. */
interface Look extends Last {
  /** Those of which something else may be to be said. */
  readonly keys: ReadonlySet<string>;
  /** Whether the others are looked at, too. */
  readonly isAll: boolean;
  readonly folded: Folded;
  readonly context: StatusContext;
}

/** Opens it. */
export function openSurvey(options: SurveyOptions): Survey {
  const { compiler, own, updateMappings, certificates, waiting } = options;
  const following = compiler.follow();
  let marked = new Set<string>();
  let last: Last = { diagnostics: [], problems: new Map(), replicas: [], allAt: Number.NEGATIVE_INFINITY };
  /** The gateway's own, of which there may be several. */
  const services = new Map<string, ClusterObject>();

  function mark(keys: Iterable<string>): void {
    for (const key of keys) marked.add(key);
  }

  /** What is to be said of all Ingresses, or whom all wait for, or what nobody told of. */
  function concernsAll(keys: ReadonlySet<string>, replicas: readonly Replica[], now: number): boolean {
    if (now - last.allAt >= lookAtAllMs || !isAsFar(last.replicas, replicas)) return true;
    const objects = options.objects();
    return keys.values().some((key) => services.has(key) || isOwn(objects.get(key)));
  }

  function isOwn(object: ClusterObject | undefined): boolean {
    return object !== undefined && isOwnService(object.raw, own);
  }

  function* keysOf({ keys, isAll }: Look): Iterable<string> {
    yield* keys;
    if (isAll) for (const key of options.objects().keys()) if (!keys.has(key)) yield key;
  }

  function lookAt(key: string, { problems: known, folded, context }: Look): Looked {
    const object = options.objects().get(key);
    if (!object) return { key, problems: none };
    const refused = folded.refused(object);
    const problems = withRefusal(known.get(key) ?? none, refused);
    const errors = problems.length === 0 ? none : problems.filter(({ severity }) => severity === "error");
    const isOurs = isTaken(compiler, key, object);
    const certificate = object.raw.ref.kind === "Host" ? certificates?.status(object) : undefined;
    const isWell = errors.length === 0 && (typeof certificate !== "object" || certificate.state === "Ready");
    const late = isWell && isOurs ? folded.behind(object) : [];
    const behind = late.length > 0 ? waiting.note(key, object, late) : late;
    const change = behind && statusChange(object, { errors, isOurs, certificate, behind }, context);
    if (change || late.length > 0 || refused) marked.add(key);
    return { key, object, problems, change };
  }

  function findServices(): void {
    services.clear();
    for (const [key, object] of options.objects()) if (isOwn(object)) services.set(key, object);
  }

  /** What this look is at, and made with. */
  function begin(replicas: readonly Replica[], now: number): Look {
    const diagnostics = options.diagnostics();
    const problems = equal(last.diagnostics, diagnostics) ? last.problems : problemsOf(diagnostics);
    if (problems !== last.problems) mark(changedProblems(last.problems, problems));
    mark(following.take());
    // Whether a Host's certificate is there, its Secret says.
    if (certificates && marked.values().some(isSecret)) mark(compiler.declared.objects.all("Host").keys());
    const keys = marked;
    marked = new Set();
    const isAll = concernsAll(keys, replicas, now);
    if (isAll) findServices();
    last = { diagnostics, problems, replicas, allAt: isAll ? now : last.allAt };
    const service = ownService(services.values(), own);
    const context = { now: new Date().toISOString(), updateMappings, service };
    return { ...last, keys, isAll, folded: foldReplicas(replicas), context };
  }

  return {
    mark,
    close: following.end,
    async look(replicas) {
      const now = performance.now();
      const look = begin(replicas, now);
      waiting.begin(now);
      const looked: Looked[] = [];
      let until = now + sliceMs;
      for (const key of keysOf(look)) {
        if (performance.now() > until) {
          await nextTurn();
          until = performance.now() + sliceMs;
        }
        const one = lookAt(key, look);
        if (one.change || one.problems.length > 0 || look.keys.has(key)) looked.push(one);
      }
      waiting.end();
      return looked;
    },
  };
}

const none: readonly Diagnostic[] = [];

function isSecret(key: string): boolean {
  return key.startsWith("Secret./");
}

/** An error that this replica's Envoy tells of, too, is told once. */
function withRefusal(problems: readonly Diagnostic[], refused: Diagnostic | undefined): readonly Diagnostic[] {
  return refused && !problems.some(({ code }) => code === refused.code) ? [...problems, refused] : problems;
}

/** An Ingress of Kubernetes is ours by its class, and all others by what they say of themselves. */
function isTaken({ declared }: Compiler, key: string, { raw }: ClusterObject): boolean {
  const isIngress = raw.ref.kind === "Ingress" && raw.ref.group === "networking.k8s.io";
  const accepted = isIngress ? declared.ingresses : declared.objects.admitted;
  return accepted.get(key) !== undefined;
}
