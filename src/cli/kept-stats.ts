/** Which of Envoy's statistics are kept beside the usual ones, from the environment. */
import { defaultKeptStats } from "../keeper/bootstrap.ts";

/** With all of them, each upstream costs a quarter more memory, and a start takes nearly twice as long. */
export function keptStats({ DRAGOMAN_STATS: text = "" }: NodeJS.ProcessEnv): readonly object[] | "all" {
  const more = text.split(/[\s,]+/).filter((one) => one !== "");
  if (more.includes("all")) return "all";
  return [...defaultKeptStats, ...more.map((contains) => ({ contains }))];
}
