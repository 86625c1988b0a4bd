// Follows driftDetected with the real graphql-ws client, and prints a line of JSON for each event until its input closes.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const client = createClient({
  url: url.replace('http', 'ws'), webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
client.on('connected', () => console.log(JSON.stringify({ connected: true })));
const query = 'subscription { driftDetected { cursor identityId platform principal kind objectKind key observed } }';
for await (const { data, errors } of client.iterate({ query })) {
  if (errors) throw new Error(JSON.stringify(errors));
  console.log(JSON.stringify(data.driftDetected));
}
