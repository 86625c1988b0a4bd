// Prints the conformance data of npm @bufbuild/cel-spec as JSON lines, one a case, and a summary to stderr.
// Usage: node conformance.mjs > cases.jsonl
import { cases } from './cases.mjs';

const files = new Map();
const reasons = new Map();
const counts = { cases: 0, inside: 0, value: 0, error: 0, parseFails: 0, checkFails: 0, tree: 0, checkedType: 0 };

for (const each of cases()) {
  process.stdout.write(`${JSON.stringify(each)}\n`);
  const inside = each.scope === null;
  const file = each.suite === each.file ? each.suite : `${each.suite}/${each.file}`;
  const [all, within] = files.get(file) ?? [0, 0];
  files.set(file, [all + 1, within + inside]);
  counts.cases++;
  if (each.treeScope === null && each.tree !== null) counts.tree++;
  if (each.treeScope === null && each.parseFails) counts.parseFails++;
  if (!inside) {
    const reason = each.scope.replace(/^(message|enum|function|abstract)([^:]*):.*/, '$1$2');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    continue;
  }
  counts.inside++;
  if (each.expected?.value) counts.value++;
  if (each.expected?.error) counts.error++;
  if (each.checkFails) counts.checkFails++;
  if (each.checkedType ?? each.expected?.type) counts.checkedType++;
}

const rows = (title, entries) => console.error([title, ...entries.map(([name, text]) => `  ${String(text).padStart(9)}  ${name}`)].join('\n'));
rows('cases in scope, of all, per file', [...files].map(([name, [all, within]]) => [name, `${within}/${all}`]));
rows('cases out of scope, by reason', [...reasons].sort((a, b) => b[1] - a[1]));
rows('expectations', [
  ['cases', counts.cases], ['in scope', counts.inside], ['out of scope', counts.cases - counts.inside],
  ['in scope with a value', counts.value], ['in scope with an error', counts.error], ['in scope with a checked type', counts.checkedType],
  ['in scope, the checker must refuse', counts.checkFails],
  ['trees to hold (treeScope null)', counts.tree], ['the parser must refuse (treeScope null)', counts.parseFails],
]);
