/**
 * A workflow of two steps; the first meets a server that is not ready yet and is tried again.
 *
 *   node --conditions=tutti-source examples/01-first-workflow/main.ts
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTutti, workflow, type Workflow } from 'tutti';

/** Fetches a text and counts its words. */
const countWords: Workflow<string, number> = workflow('count words', async (ctx, address: string) => {
  const text = await ctx.step(
    'fetch',
    async ({ signal, attempt }) => {
      const response = await fetch(address, { signal });
      console.log(`attempt ${attempt}: ${response.status}`);
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      return response.text();
    },
    { retry: { initialInterval: '50ms', maximumAttempts: 10 }, attemptTimeout: '5s' },
  );
  return ctx.step('count', () => text.split(/\s+/).length);
});

// A server that needs a moment: it turns the first two callers away.
let calls = 0;
const server = createServer((_request, response) => {
  calls += 1;
  response.statusCode = calls < 3 ? 503 : 200;
  response.end('where the whole orchestra plays together');
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;

const tutti = await createTutti({ definitions: [countWords] });
await tutti.start();
const { id } = await tutti.client.startRun('count words', `http://127.0.0.1:${port}/`);
const run = await tutti.client.waitForRun(id);
console.log(`${run.state}: ${String(run.output)} words`);
for (const entry of await tutti.client.readHistory(id)) {
  console.log(`  ${entry.seq} ${entry.kind} "${entry.name}" attempt ${entry.attempt}: ${entry.outcome}`);
}
await tutti.stop();
server.close();
