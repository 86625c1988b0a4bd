// Follows grantChanged with the real graphql-ws client, cuts its own socket again and again, and goes on after the last
// cursor. Prints the grants in the order in which they came, and how many sockets it took.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token, start, count] = process.argv.slice(2);
const query = `subscription ($after: String) {
  grantChanged(after: $after, filter: { identityId: "cut" }) { cursor grantId }
}`;
const seen = [];
let after = start;
let sockets = 0;

while (seen.length < Number(count)) {
  const client = createClient({
    url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  sockets++;
  let left = 1 + ((sockets * 7) % 40);
  try {
    for await (const { data, errors } of client.iterate({ query, variables: { after } })) {
      if (errors) throw errors;
      seen.push(data.grantChanged.grantId);
      after = data.grantChanged.cursor;
      // The server notices nothing until it writes again: no close, no complete.
      if (--left === 0 || seen.length === Number(count)) client.terminate();
    }
  } catch (error) {
    if (error?.code !== 4499) {
      console.error(error);
      process.exit(1);
    }
  }
}
console.log(seen.join());
console.log(`${sockets} sockets`);
process.exit(0);
