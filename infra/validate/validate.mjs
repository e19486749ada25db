// Reads templates from standard input, a JSON object {name, text} a line, and
// writes for each a line {name, status, findings}. Arguments: the folder whose
// node_modules holds the validator, then our own rules' files.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import path from "node:path";

if (parseInt(process.versions.node) < 20) {
  console.error(`Node.js 20 or later is needed, this is ${process.versions.node}`);
  process.exit(1);
}
const [tools, ...rules] = process.argv.slice(2);
const { RegoEngine, RuleFile } = createRequire(path.join(tools, "package.json"))("@aws/cloudformation-validate");
const files = (ending) => rules.filter((r) => r.endsWith(ending)).map((r) => new RuleFile(r));
const engine = new RegoEngine({ guardRules: files(".guard"), customRules: files(".rego") });

for await (const line of createInterface({ input: process.stdin })) {
  const { name, text } = JSON.parse(line);
  // A template that is in no file: the engine asks for its bytes.
  const report = engine.validateStandard({ path: name, readBytes: () => Buffer.from(text) }, { severityLevel: "WARN" });
  const findings = report.diagnostics.map((d) => ({
    rule: d.ruleId, severity: d.severity, id: d.entity?.logicalId ?? "", line: d.startLine ?? 0, message: d.message,
  }));
  console.log(JSON.stringify({ name, status: report.status, findings }));
}
engine.free();
