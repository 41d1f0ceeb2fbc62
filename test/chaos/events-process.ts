/**
 * Publishes events and handles them, until it is killed. Arguments: database file, number of this life, how many events.
 * Prints one line of JSON per acknowledged publish.
 */
import { createTutti } from 'tutti';
import { In, pipeline } from './events-topics.ts';

const [file = '', life = '0', count = '100'] = process.argv.slice(2);
const { input, output } = pipeline();
const tutti = await createTutti({ store: file, definitions: [input, output], leaseMs: 1_000 });
await tutti.start();
for (let i = 0; i < Number(count); i += 1) {
  const id = `${life}-${i}`;
  const key = `k${i % 5}`;
  const { partition, offset } = await input.publish(In({ id, key }, { id }));
  process.stdout.write(`${JSON.stringify({ id, key, partition, offset })}\n`);
}
// Not reached by lives that are killed in time; the last one drains.
await tutti.events.settled();
await tutti.stop();
process.stdout.write('"done"\n');
