/** `make demo`: the quickstart on this machine, and what to try. */
import { curlLines, type Ports, runQuickstart } from "./quickstart-run.ts";

process.exitCode = await runQuickstart("demo", (_, ports) => {
  explain(ports).catch((error: unknown) => console.error(error));
});

async function explain(ports: Ports): Promise<void> {
  const lines = (await curlLines(ports)).map((line) => `  ${line}`);
  console.log(
    `
Dragoman runs on examples/quickstart. Try, in another terminal:

${lines.join("\n")}

Then change a file in examples/quickstart: it is served at once.
Admin interface: http://127.0.0.1:${ports.admin}/metrics
Ctrl-C ends everything.
`,
  );
}
