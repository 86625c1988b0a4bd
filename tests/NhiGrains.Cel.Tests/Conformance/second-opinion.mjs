// An independent evaluator of CEL, npm @bufbuild/cel, as a process: a JSON line in, a JSON line out, in order.
// In: {id, expr, bindings: {name: tagged}, container?}. Out: {id, value: tagged} or {id, error: text}. README.md has the forms.
import { runInThisContext } from 'node:vm';
import { cel } from './packages.mjs';
import { ofCel, toCel } from './tagged.mjs';

process.env.TZ = 'UTC'; // the evaluator computes parts of a date in the local zone
Error.stackTraceLimit = 0; // most generated expressions are errors, and nobody reads their stacks
const limit = Number(process.env.SECOND_OPINION_LIMIT_MS ?? 2000);
const environments = new Map();

function environment(namespace) {
  if (!environments.has(namespace)) environments.set(namespace, cel.celEnv({ namespace }));
  return environments.get(namespace);
}

function evaluate({ expr, bindings = {}, container = '' }) {
  if (typeof expr !== 'string') throw new Error('no expr');
  const bound = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, toCel(value)]));
  const result = cel.plan(environment(container), cel.parse(expr))(bound);
  if (cel.isCelError(result)) throw result;
  return ofCel(result);
}

function answer(line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request?.id ?? null;
    return { id, value: evaluate(request) };
  } catch (error) {
    return { id, error: String(error?.message ?? error) };
  }
}

// A script with a time-out is the one way to stop a computation that does not yield. Starting one costs more than most
// expressions, so a chunk of lines shares it; a line that was cut short in another's time is tried again with its own.
let lines, answers, started;
globalThis.answerRest = () => {
  while (answers.length < lines.length) {
    started = Date.now();
    answers.push(answer(lines[answers.length]));
  }
};

function answerAll(chunk) {
  [lines, answers] = [chunk, []];
  while (answers.length < lines.length) {
    try {
      runInThisContext('answerRest()', { timeout: limit });
    } catch {
      if (Date.now() - started >= limit * 0.9)
        answers.push({ id: JSON.parse(lines[answers.length]).id ?? null, error: `no answer within ${limit} ms` });
    }
  }
  return answers.map((each) => `${JSON.stringify(each)}\n`).join('');
}

let rest = '';
for await (const text of process.stdin.setEncoding('utf8')) {
  const parts = (rest + text).split('\n');
  rest = parts.pop();
  const chunk = parts.filter((line) => line.trim() !== '');
  if (chunk.length > 0 && !process.stdout.write(answerAll(chunk)))
    await new Promise((drained) => process.stdout.once('drain', drained));
}
if (rest.trim() !== '') process.stdout.write(answerAll([rest]));
