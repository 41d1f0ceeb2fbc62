/** `demo fraud`: the example on an engine that other commands can talk to meanwhile. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TuttiError } from '../../base/tutti-error.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Invocation } from '../command.ts';
import { isAnswering } from '../connect.ts';
import { hostEngine } from '../host-engine.ts';
import { readInteger } from '../read-input.ts';
import { StoreDirectory } from '../store-directory.ts';
import { watchFraud } from './fraud-example.ts';

const rateDefault = 5_000;
const secondsDefault = 10;
const seedDefault = 7;

/** Resolves to the exit code: 8 when the count does not add up. */
export async function runFraudDemo({ args, clock, data, out }: Invocation): Promise<number> {
  const rate = readInteger(args, 'rate', 1, 1_000_000) ?? rateDefault;
  const seconds = readInteger(args, 'seconds', 1, 86_400) ?? secondsDefault;
  const seed = readInteger(args, 'seed', 0, 4_294_967_295) ?? seedDefault;
  const directory = join(data.directory, 'fraud');
  const own = new StoreDirectory(directory);
  const running = own.readEngine();
  if (running !== undefined && (await isAnswering(running))) {
    throw new TuttiError(
      'TUTTI_STATE_CONFLICT',
      `An engine (process ${running.pid}) already works on ${own.store}; stop it first, or name another --store.`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  out.line(`${rate} card payments a second for ${seconds} s, from seed ${seed}. State: ${directory}`);
  out.note(`Meanwhile, in another terminal: tutti topology --store ${directory}`);
  const account = await watchFraud({
    directory,
    plan: { seed, rate, count: rate * seconds },
    print: (line) => out.line(line),
    open: async (definitions) => {
      const engine = await hostEngine({ data: own, clock, logger: silentLogger, definitions, modules: [] });
      const { client, events } = engine.tutti;
      return { client, events, stop: () => engine.stop() };
    },
  });
  const { authorizations, decided, blocked, reviewed, deadLetters, differences } = account;
  out.line(`${authorizations} payments, ${decided} decisions, ${blocked} blocked,`);
  out.line(`${reviewed} asked of a person, ${deadLetters} dead letters of the notifier.`);
  for (const difference of differences.slice(0, 10)) out.line(`  ${difference}`);
  const isFine = differences.length === 0;
  out.line(
    isFine ? 'It adds up: nothing lost, nothing decided twice.' : `${differences.length} differences.`,
  );
  return isFine ? 0 : 8;
}
