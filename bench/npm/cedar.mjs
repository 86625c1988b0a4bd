// The peer of the policy bench: the same requests against the same rules, as policies of Cedar, in one process.
// Usage: node cedar.mjs FOLDER DECISIONS      reads cedar.in.json, writes cedar.out.json
import { readFileSync, writeFileSync } from 'node:fs';
import { isAuthorized, preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { measure } from './measure.mjs';

const [folder, decisions] = process.argv.slice(2);
const { policies: staticPolicies, decided } = JSON.parse(readFileSync(`${folder}/cedar.in.json`, 'utf8'));
const begin = performance.now();
const parsed = preparsePolicySet('set', { staticPolicies });
const parseMs = performance.now() - begin;
if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));
// What a call costs before it looks at any rule.
preparsePolicySet('one', { staticPolicies: { none: 'permit (principal, action, resource) when { context.kind == "none" };' } });

const check = (answer) => {
  if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) throw new Error(JSON.stringify(answer));
  return answer.response;
};
const decide = ({ request }) => check(statefulIsAuthorized({ ...request, preparsedPolicySetId: 'set' }));
const decideFromText = ({ request }) => check(isAuthorized({ ...request, policies: { staticPolicies } }));

// Cedar knows allow and deny. That approval is wanted is an annotation of a policy that decided.
const approvals = new Set(Object.keys(staticPolicies).filter((name) => staticPolicies[name].startsWith('@approval')));
const different = decided.map((one) => {
  const { decision, diagnostics } = decide(one);
  const said = decision === 'deny' ? 'deny' : diagnostics.reason.some((name) => approvals.has(name)) ? 'approval' : 'allow';
  const ours = { Deny: 'deny', RequireApproval: 'approval' }[one.outcome] ?? 'allow';
  return said === ours ? null : { said, ours, reason: diagnostics.reason, request: one.request };
}).filter((each) => each !== null);

writeFileSync(`${folder}/cedar.out.json`, JSON.stringify({
  differ: different.length, example: different[0] ?? null, parseMs,
  parsed: measure(decided, Number(decisions), 12, decide),
  single: measure(decided, 5_000, 4, ({ request }) => check(statefulIsAuthorized({ ...request, preparsedPolicySetId: 'one' }))),
  unparsed: measure(decided, 100, 4, decideFromText),
}));
