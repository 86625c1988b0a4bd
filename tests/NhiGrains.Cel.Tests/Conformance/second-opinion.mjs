// An independent evaluator of CEL, npm @bufbuild/cel, as a process: a JSON line in, a JSON line out, in order.
// In: {id, expr, bindings: {name: tagged}, container?}. Out: {id, value: tagged} or {id, error: text}. README.md has the forms.
import { createInterface } from 'node:readline';
import { runInThisContext } from 'node:vm';
import { cel } from './packages.mjs';
import { ofCel, toCel } from './tagged.mjs';

process.env.TZ = 'UTC'; // the evaluator computes days of the year in the local zone
const limit = Number(process.env.SECOND_OPINION_LIMIT_MS ?? 2000);
const environments = new Map();

function environment(namespace) {
  if (!environments.has(namespace)) environments.set(namespace, cel.celEnv({ namespace }));
  return environments.get(namespace);
}

function evaluate({ expr, bindings = {}, container = '' }) {
  const bound = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, toCel(value)]));
  const result = cel.plan(environment(container), cel.parse(expr))(bound);
  if (cel.isCelError(result)) throw result;
  return ofCel(result);
}

// A script with a time-out is the one way to stop a computation in node that does not yield.
let current;
globalThis.evaluateCurrent = () => evaluate(current);

function answer(line) {
  let id = null;
  try {
    current = JSON.parse(line);
    id = current.id ?? null;
    return { id, value: runInThisContext('evaluateCurrent()', { timeout: limit }) };
  } catch (error) {
    return { id, error: String(error?.message ?? error) };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  if (line.trim() !== '' && !process.stdout.write(`${JSON.stringify(answer(line))}\n`))
    await new Promise((drained) => process.stdout.once('drain', drained));
