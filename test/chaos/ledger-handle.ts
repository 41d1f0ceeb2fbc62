import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LedgerClient } from './ledger-client.ts';

const program = fileURLToPath(new URL('./ledger-process.ts', import.meta.url));

/** The running ledger. */
export interface LedgerHandle {
  readonly port: number;
  readonly client: LedgerClient;
  stop(): Promise<void>;
}

/** Starts the ledger in a process of its own. */
export async function startLedger(): Promise<LedgerHandle> {
  const child = fork(program, { execArgv: ['--conditions=tutti-source'] });
  const [message] = (await once(child, 'message')) as [{ readonly port: number }];
  const client = await LedgerClient.connect(message.port);
  const stop = async (): Promise<void> => {
    client.close();
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
  return { port: message.port, client, stop };
}
