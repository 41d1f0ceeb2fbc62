import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { LedgerLine } from './facts.ts';
import type { LedgerAnswer, LedgerRequest } from './ledger-process.ts';

/** A connection to the ledger. A call resolves when the ledger has answered. */
export class LedgerClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: LedgerAnswer) => void>();
  #lastId = 0;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Without the ledger nothing can be known: whoever uses it ends with it.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.#isClosed) process.exit(1);
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const answer = JSON.parse(line) as LedgerAnswer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  static async connect(port: number): Promise<LedgerClient> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new LedgerClient(socket);
  }

  async record(caseName: string, line: LedgerLine): Promise<void> {
    await this.#ask((id) => ({ id, case: caseName, do: 'record', line }));
  }

  /** Reads and forgets what was told of a case. */
  async take(caseName: string): Promise<readonly LedgerLine[]> {
    return (await this.#ask((id) => ({ id, case: caseName, do: 'take' }))).lines ?? [];
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #ask(request: (id: number) => LedgerRequest): Promise<LedgerAnswer> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${JSON.stringify(request(id))}\n`);
    });
  }
}
