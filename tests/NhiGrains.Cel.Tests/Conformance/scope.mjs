// Says why a case is outside the part of CEL that policies use, from what the case uses; null when it is inside.
import { cel, checked, getTestRegistry } from './packages.mjs';
import { isTime } from './tagged.mjs';
import { typesWithin } from './types.mjs';

const registry = getTestRegistry();
const standard = cel.celEnv().funcs;
const operators = /^(_\[_\]|_\?_:_|_&&_|_\|\|_|@not_strictly_false)$/;
const typeNames = /^(bool|bytes|double|int|list|map|null_type|string|type|uint)$/;
const saysUnknown = /unbound|undeclared|unknown variable/;

/** The parsed expression, or null when it does not parse, as with optional values; a name in back quotes counts as a plain name. */
export function parse(expr) {
  for (const text of [expr, expr.replace(/`[^`\n]*`/g, 'quoted')]) {
    try { return cel.parse(text).expr; } catch { /* the next spelling, or none */ }
  }
  return null;
}

/** The first message that an expression constructs, or null. */
export function syntaxScope(expr) {
  for (const { node } of walk(expr)) {
    const { case: kind, value } = node.exprKind;
    if (kind === 'structExpr' && value.messageName) return `message construction: ${value.messageName}`;
  }
  return null;
}

/**
 * The first thing that the case uses and the scope does not have.
 * `names` are the variables it may use, `errors` the texts of its errors: a case about an unknown name is inside.
 */
export function scopeOf(test, expr, names, errors) {
  return dataScope(test) ?? syntaxScope(expr) ?? nameScope(expr, test.container, new Set(names), saysUnknown.test(errors));
}

function dataScope(test) {
  for (const { name, declKind } of test.typeEnv) {
    const reason = declKind.case === 'function' ? `function declared by the case: ${name}` : typeScope(declKind.value.type);
    if (reason) return reason;
  }
  const { case: matcher, value: expected } = test.resultMatcher;
  const values = Object.values(test.bindings).map((bound) => bound.kind.value);
  if (matcher === 'value') values.push(expected);
  if (matcher === 'typedResult' && expected.result) values.push(expected.result);
  for (const value of values) {
    const reason = valueScope(value);
    if (reason) return reason;
  }
  return matcher === 'typedResult' && expected.deducedType ? typeScope(expected.deducedType) : null;
}

function typeScope(type) {
  for (const { typeKind: { case: kind, value } } of typesWithin(type)) {
    if (kind === 'messageType' && !isTime(value)) return `message type: ${value}`;
    if (kind === 'wellKnown' && value === checked.Type_WellKnownType.ANY) return 'message type: google.protobuf.Any';
    if (kind === 'wrapper') return 'wrapper type';
    if (kind === 'typeParam') return 'type parameter';
    if (kind === 'abstractType') return `abstract type: ${value.name}`;
  }
  return null;
}

function valueScope({ kind }) {
  switch (kind.case) {
    case 'enumValue': return `enum: ${kind.value.type}`;
    case 'objectValue': {
      const type = kind.value.typeUrl.split('/').at(-1);
      return isTime(type) ? null : `message value: ${type}`;
    }
    case 'listValue': return first(kind.value.values.map(valueScope));
    case 'mapValue': return first(kind.value.entries.flatMap(({ key, value }) => [valueScope(key), valueScope(value)]));
    default: return null;
  }
}

const first = (reasons) => reasons.find((reason) => reason) ?? null;

/** Functions beyond the standard ones, and names that mean a message, an enum or nothing. */
function nameScope(expr, container, known, unknownIsExpected) {
  for (const { node, bound, chain } of walk(expr)) {
    const { case: kind, value } = node.exprKind;
    if (kind === 'callExpr' && !operators.test(value.function) && standard.find(value.function) === undefined && !unknownIsExpected)
      return `function that is not standard: ${value.function}`;
    if (kind !== 'identExpr' || bound.has(value.name)) continue;
    const meanings = [...candidates(container, chain)];
    if (meanings.some((name) => known.has(name) || typeNames.test(name) || isTime(name))) continue;
    const named = meanings.find((name) => registry.getMessage(name) ?? registry.getEnum(name));
    if (named) return `${registry.getEnum(named) ? 'enum' : 'message type'}: ${named}`;
    if (!unknownIsExpected) return `name that nothing declares: ${value.name}`;
  }
  return null;
}

/** Every full name that a chain of names can mean in a container. */
function* candidates(container, chain) {
  const scopes = container === '' ? [] : container.split('.');
  for (let depth = 0; depth <= scopes.length; depth++)
    for (let length = chain.length; length > 0; length--) yield [...scopes.slice(0, depth), ...chain.slice(0, length)].join('.');
}

/** Every node, the variables that comprehensions bind there, and for a name the selections that follow it. */
function* walk(node, bound = new Set(), after = []) {
  const { case: kind, value } = node.exprKind;
  yield { node, bound, chain: kind === 'identExpr' ? [value.name, ...after] : [] };
  switch (kind) {
    case 'selectExpr': yield* walk(value.operand, bound, [value.field, ...after]); break;
    case 'callExpr':
      if (value.target) yield* walk(value.target, bound);
      for (const arg of value.args) yield* walk(arg, bound);
      break;
    case 'listExpr': for (const element of value.elements) yield* walk(element, bound); break;
    case 'structExpr':
      for (const entry of value.entries) {
        if (entry.keyKind.case === 'mapKey') yield* walk(entry.keyKind.value, bound);
        yield* walk(entry.value, bound);
      }
      break;
    case 'comprehensionExpr': {
      yield* walk(value.iterRange, bound);
      yield* walk(value.accuInit, bound);
      const inside = new Set([...bound, value.iterVar, value.accuVar]);
      for (const part of [value.loopCondition, value.loopStep, value.result]) yield* walk(part, inside);
      break;
    }
  }
}
