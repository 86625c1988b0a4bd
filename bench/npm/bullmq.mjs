// The peer of the expiry bench: N delayed jobs of BullMQ that are due within a spread of milliseconds, on the same Redis.
// Usage: node bullmq.mjs PORT COUNT LEAD-SECONDS SPREAD-MS
import { Queue, Worker } from 'bullmq';

const [port, count, lead, spread] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const queue = new Queue(`expiry-${spread}`, { connection });
const end = Date.now() + lead * 1000;
for (let from = 0; from < count; from += 1000) {
  const jobs = [];
  for (let n = from; n < Math.min(from + 1000, count); n++) {
    const due = end + (spread * n) / count;
    jobs.push({ name: 'end', data: { due }, opts: { delay: Math.max(0, due - Date.now()), removeOnComplete: true } });
  }
  await queue.addBulk(jobs);
}
if (Date.now() > end) throw new Error('adding took until after the end; use a longer lead');

const late = [];
const worker = new Worker(`expiry-${spread}`, async (job) => { late.push(Date.now() - job.data.due); }, { connection, concurrency: 200 });
while (late.length < count) await new Promise((done) => setTimeout(done, 50));
late.sort((a, b) => a - b);
const at = (share) => Math.round(late[Math.ceil(share * late.length) - 1]);
console.log(`BullMQ: ${count} delayed jobs, due ${spread ? `within ${spread} ms` : 'at one instant'}`);
console.log(`  started after due: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${Math.round(late.at(-1))} ms`);
await worker.close();
await queue.close();
