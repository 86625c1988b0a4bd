// Drives the endpoint with the real graphql-ws client, and prints how many of its stories went as they should.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const connect = (connectionParams, options = {}) =>
  createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams, retryAttempts: 0, ...options });
const authorized = () => ({ Authorization: `Bearer ${token}` });

async function collect(client, query, variables, most = Infinity) {
  const events = [];
  for await (const event of client.iterate({ query, variables })) {
    events.push(event);
    if (events.length >= most) break;
  }
  return events;
}

const closed = (connectionParams) =>
  collect(connect(connectionParams), '{ hello }').then(() => 'served', (error) => error.code);

const stories = {
  'a query': async (client) => (await collect(client, '{ whoAmI }'))[0].data.whoAmI === 'ann',
  'a mutation': async (client) => (await collect(client, 'mutation { add(a: 20, b: 22) }'))[0].data.add === 42,
  'events in order': async (client) => {
    const events = await collect(client, 'subscription ($to: Int!) { count(to: $to) }', { to: 500 });
    return events.map((event) => event.data.count).join() === Array.from({ length: 500 }, (_, i) => i + 1).join();
  },
  'a subscription that the client ends': async (client) =>
    (await collect(client, 'subscription { wait }', {}, 1)).length === 1,
  'many at once on one socket': async (client) => {
    const all = await Promise.all(Array.from({ length: 40 }, () => collect(client, 'subscription { count(to: 20) }')));
    return all.every((events) => events.length === 20);
  },
  'a document that is not valid': (client) =>
    collect(client, '{ nowhere }').then(() => false, (errors) => errors[0].message.includes('nowhere')),
  'no token': async () => (await closed()) === 4401,
  'a wrong token': async () => (await closed({ Authorization: 'Bearer wrong' })) === 4403,
};

const client = connect(authorized);
let good = 0;
for (const [name, story] of Object.entries(stories)) {
  const went = await story(client);
  console.log(`${went ? 'ok' : 'FAILED'} ${name}`);
  if (went) good++;
}
await client.dispose();
console.log(`${good} of ${Object.keys(stories).length}`);
process.exit(good === Object.keys(stories).length ? 0 : 1);
