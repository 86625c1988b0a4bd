// The peer of the decision bench: one request against N policies of Cedar in one process, the policy set parsed once.
// Usage: node cedar.mjs [POLICIES] [SECONDS]
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';

const [policies = 1000, seconds = 5] = process.argv.slice(2).map(Number);
const staticPolicies = Object.fromEntries(Array.from({ length: policies }, (_, n) => [`rule${n}`,
  `permit (principal, action == Action::"read", resource) when { context.team == "team${n}" && context.lifetime <= ${600 + n} };`]));
const parsed = preparsePolicySet('set', { staticPolicies });
if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));

const request = (team) => ({
  principal: { type: 'Identity', id: 'batch' }, action: { type: 'Action', id: 'read' }, resource: { type: 'Database', id: 'orders' },
  context: { team, lifetime: 600 }, entities: [], preparsedPolicySetId: 'set',
});
const decide = (team) => statefulIsAuthorized(request(team)).response.decision;
if (decide(`team${policies - 1}`) !== 'allow' || decide('nobody') !== 'deny') throw new Error('not the decisions that the policies say');

const times = [];
for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
  const start = performance.now();
  decide(`team${times.length % policies}`);
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const at = (share) => times[Math.ceil(share * times.length) - 1].toFixed(3);
const perSecond = Math.round((1000 * times.length) / times.reduce((sum, each) => sum + each, 0));
console.log(`Cedar, ${policies} policies: ${perSecond} decisions a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${times.length} decisions)`);
