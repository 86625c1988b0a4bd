// The four suites of npm @bufbuild/cel-spec as cases. README.md says what each member means.
import { getTestRegistry, suites } from './packages.mjs';
import { parse, scopeOf, syntaxScope } from './scope.mjs';
import { ofProto } from './tagged.mjs';
import { declText, typeText } from './types.mjs';

const registry = getTestRegistry();

export function* cases() {
  yield* within('conformance', suites.getConformanceSuite());
  yield* within('parsing', suites.getParsingSuite());
  yield* within('comprehension', suites.getComprehensionSuite());
  yield* within('checking', suites.getCheckingSuite());
}

function* within(suite, { suites: inner, tests }, path = []) {
  for (const test of tests) yield toCase(suite, path, test);
  for (const each of inner) yield* within(suite, each, [...path, each.name]);
}

function toCase(suite, [file = suite, section = ''], test) {
  const { original, ast, checkedAst, type, error = '' } = test;
  const expr = parse(original.expr);
  const typeEnv = declarations(suite, test);
  const expected = expectation(suite, original.resultMatcher);
  const { parseFails, treeScope } = parsing(ast, error, expr);
  const checkFails = suite === 'checking' && ast !== undefined ? error !== '' : null;
  const names = [...Object.keys(typeEnv), ...Object.keys(original.bindings)];
  const parsesOnly = expected === null && checkFails === null;
  // What the reference, with all its extensions, calls undeclared is an unknown name also here: an error when it is evaluated.
  const unknown = expected && !original.disableCheck ? expected.error ?? '' : `${expected?.error} ${error}`;
  return {
    suite, file, section, name: test.name, expr: original.expr,
    disableCheck: original.disableCheck, disableMacros: original.disableMacros, checkOnly: original.checkOnly,
    container: original.container, typeEnv, bindings: mapValues(original.bindings, (bound) => ofProto(bound.kind.value, registry)),
    expected, parseFails, checkFails,
    tree: ast ?? null, checkedTree: checkedAst ?? null, checkedType: type ?? null, referenceError: error || null,
    scope: parsesOnly || expr === null ? treeScope : scopeOf(original, expr, names, unknown), treeScope,
  };
}

function expectation(suite, { case: kind, value }) {
  const texts = (set) => set.errors.map((each) => each.message);
  switch (kind) {
    case 'value': return { value: ofProto(value, registry) };
    case 'typedResult':
      return { ...(value.result && { value: ofProto(value.result, registry) }), type: typeText(value.deducedType) };
    case 'evalError': return { error: texts(value).join('; ') };
    case 'anyEvalErrors': return { error: value.errors.flatMap(texts).join('; ') };
    case 'unknown': case 'anyUnknowns': return { unknown: true };
    // In the specification: 'An unspecified result defaults to a matcher for the true boolean value.'
    case undefined: return suite === 'conformance' ? { value: { bool: true } } : null;
    default: throw new Error(`a result matcher of kind ${kind}`);
  }
}

/** The reference parser ran with a nesting limit of 32 and without back quotes and optional values: refusals for these are settings. */
function parsing(ast, error, expr) {
  if (ast !== undefined && expr === null) throw new Error(`the scope of this case cannot be told: ${ast}`);
  if (ast !== undefined) return { parseFails: false, treeScope: syntaxScope(expr) };
  const faults = error.split('\n').filter((line) => line.startsWith('ERROR'));
  const settings = faults.filter((line) => /unsupported syntax|recursion (limit|depth)/.test(line));
  if (settings.length < faults.length) return { parseFails: true, treeScope: null };
  const treeScope = /'[.[]?\?'/.test(settings[0]) ? 'optional syntax'
    : settings[0].includes('`') ? 'no expected tree: back quotes were off' : 'no expected tree: nesting limit of 32';
  return { parseFails: null, treeScope };
}

/** The checker's cases use variables that their source declares elsewhere; the reference's checked tree tells their types. */
function declarations(suite, { original, checkedAst = '' }) {
  const declared = Object.fromEntries(original.typeEnv.map((decl) => [decl.name, declText(decl)]));
  if (suite === 'checking')
    for (const [, name, type] of checkedAst.matchAll(/\b(i[a-z])~([a-z]+)\^\1\b/g)) declared[name] ??= type;
  return declared;
}

const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
