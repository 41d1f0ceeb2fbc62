/**
 * Works on the file of another process, and reads it as fast as it can, until the run `big` has ended. Prints what it saw as JSON.
 * Argument: file.
 */
import { openOn } from './big-run.ts';

const { tutti, lines } = await openOn(process.argv[2] ?? '', 'all');
const { client } = tutti;
console.log('ready');
let looks = 0;
const failures: string[] = [];
for (let isOver = false; !isOver;) {
  try {
    const [run] = await client.listRuns({ definition: 'big', limit: 1 });
    await client.listRuns({ definition: 'small', limit: 50 });
    if (run !== undefined) await client.readHistory(run.id, { from: looks % 9_000, limit: 200 });
    isOver = run !== undefined && run.endedAt !== null;
    looks += 1;
  } catch (error) {
    failures.push(String(error));
    isOver = failures.length > 100;
  }
  // Reads answer without leaving the turn: what this process claims must have its turn, too.
  await new Promise((resolve) => setImmediate(resolve));
}
await tutti.stop();
console.log(JSON.stringify({ looks, failures, lines, pid: process.pid }));
