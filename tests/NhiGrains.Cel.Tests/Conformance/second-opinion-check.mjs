// Holds the second opinion to the conformance cases in scope and to its known differences. Exits 1 when one is not as it was.
// Usage: node second-opinion-check.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { cases } from './cases.mjs';

const path = (name) => new URL(name, import.meta.url).pathname;
const differences = readFileSync(path('differences.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
// What a conformance case in scope meets of these differences, by its section or name.
const excused = new Set(['quoted_map_fields', 'map_value_repeat_key_heterogeneous']);

function ask(requests) {
  const input = requests.map(({ expr, bindings, container }, id) => `${JSON.stringify({ id, expr, bindings, container })}\n`).join('');
  const { stdout, status } = spawnSync(process.execPath, [path('second-opinion.mjs')], { input, maxBuffer: 1 << 28 });
  const answers = String(stdout).trim().split('\n').map(JSON.parse);
  if (status !== 0 || answers.length !== requests.length || answers.some(({ id }, n) => id !== n))
    throw new Error(`${answers.length} answers to ${requests.length} requests, exit ${status}`);
  return answers;
}

// The order of a map's entries says nothing.
const sorted = (value) => JSON.parse(JSON.stringify(value), (key, inner) =>
  (key === 'map' ? inner.map((entry) => JSON.stringify(entry)).sort() : inner));

const meets = (expected, answer) =>
  (expected.value === undefined ? 'error' in answer : isDeepStrictEqual(sorted(expected.value), sorted(answer.value ?? null)));

const evaluated = [...cases()].filter((each) => each.scope === null && (each.expected?.value ?? each.expected?.error) !== undefined && !each.checkOnly);
const missed = ask(evaluated).flatMap((answer, n) => (meets(evaluated[n].expected, answer) ? [] : [[evaluated[n], answer]]));
const surprising = missed.filter(([{ section, name }]) => !excused.has(section) && !excused.has(name));
for (const [{ file, section, name, expr }, answer] of surprising)
  console.log(`differs: ${file}/${section}/${name}: ${expr} => ${JSON.stringify(answer)}`);

const changed = ask(differences).flatMap((answer, n) => (meets(differences[n].answer, answer) ? [] : [[differences[n], answer]]));
for (const [{ expr }, answer] of changed) console.log(`no longer as recorded: ${expr} => ${JSON.stringify(answer)}`);

console.log(`conformance: ${evaluated.length - missed.length} of ${evaluated.length} as expected, ${missed.length - surprising.length} known to differ`);
console.log(`known differences: ${differences.length - changed.length} of ${differences.length} as recorded`);
process.exit(surprising.length + changed.length === 0 ? 0 : 1);
