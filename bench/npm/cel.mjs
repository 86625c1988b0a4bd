// The peer of the CEL bench: the same conditions, read, planned and evaluated by @bufbuild/cel.
// Usage: node cel.mjs FOLDER      reads cel.in.json, writes cel.out.json
import { readFileSync, writeFileSync } from 'node:fs';
import { celEnv, parse, plan } from '@bufbuild/cel';
import { measure } from './measure.mjs';

const folder = process.argv[2];
const environment = celEnv({});
const value = (each) => Array.isArray(each) ? each.map(value) : typeof each === 'object' ? new Map(Object.entries(each)) : each;
const figures = JSON.parse(readFileSync(`${folder}/cel.in.json`, 'utf8')).map(({ Name, Expression, Attributes }) => {
  const bindings = Object.fromEntries(Object.entries(Attributes).map(([name, each]) => [name, value(each)]));
  const program = plan(environment, parse(Expression));
  if (program(bindings) !== true) throw new Error(`'${Name}' is not true: ${program(bindings)}`);
  return [Name, {
    compile: measure([Expression], 5_000, 2, (text) => plan(environment, parse(text))),
    evaluate: measure([bindings], 50_000, 2, program),
  }];
});
writeFileSync(`${folder}/cel.out.json`, JSON.stringify(Object.fromEntries(figures)));
