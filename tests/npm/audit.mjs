// Runs every server audit of graphql-http (MUST, SHOULD and MAY) and prints the counts.
import { serverAudits } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) results.push(await audit.fn());

const failed = results.filter((result) => result.status !== 'ok');
for (const result of failed) console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
for (const level of ['MUST', 'SHOULD', 'MAY']) {
  const ofLevel = results.filter((result) => result.name.startsWith(level));
  console.log(`${level}: ${ofLevel.filter((result) => result.status === 'ok').length} of ${ofLevel.length}`);
}
console.log(`${results.length - failed.length} of ${results.length}`);
process.exit(failed.length === 0 ? 0 : 1);
