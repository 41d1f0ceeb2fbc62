/**
 * A trip of three bookings: the third cannot be had, so the first two are taken back, newest first.
 *
 *   node --conditions=tutti-source examples/03-compensation/main.ts
 */
import { createTutti, NonRetryableError, workflow, type Workflow } from 'tutti';

/** A booking desk that knows idempotency keys, as good outside services do. */
class Desk {
  readonly #bookings = new Map<string, string>();
  readonly #soldOut: string;

  constructor(soldOut: string) {
    this.#soldOut = soldOut;
  }

  book(what: string, key: string): string {
    if (what === this.#soldOut) throw new NonRetryableError(`${what} is sold out`);
    this.#bookings.set(key, what);
    console.log(`booked ${what}`);
    return key;
  }

  /** Taking back what is not there changes nothing, so it may happen twice. */
  takeBack(key: string): void {
    console.log(`took back ${this.#bookings.get(key) ?? 'nothing'}`);
    this.#bookings.delete(key);
  }

  get count(): number {
    return this.#bookings.size;
  }
}

const desk = new Desk('car');

/** Books everything or nothing. */
const bookTrip: Workflow<readonly string[], readonly string[]> = workflow(
  'book trip',
  async (ctx, parts: readonly string[]) => {
    const keys: string[] = [];
    for (const part of parts) {
      const key = await ctx.step(`book ${part}`, ({ idempotencyKey }) => desk.book(part, idempotencyKey), {
        compensate: (booked) => desk.takeBack(booked),
      });
      keys.push(key);
    }
    return keys;
  },
);

const tutti = await createTutti({ definitions: [bookTrip] });
await tutti.start();
const { id } = await tutti.client.startRun('book trip', ['hotel', 'flight', 'car']);
const run = await tutti.client.waitForRun(id);
console.log(`${run.state}: ${run.error?.message ?? ''}`);
console.log(`bookings left: ${desk.count}`);
await tutti.stop();
