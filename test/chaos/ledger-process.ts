/**
 * The ledger: a process that nobody harms. It keeps what the others tell it, in the order of arrival, and answers each
 * line, so that whoever goes on after the answer is known to have told. One JSON object per line in both directions, over
 * a loopback socket; it prints its port once it listens, and ends with its parent.
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { LedgerLine } from './facts.ts';

/** What a teller or reader sends. */
export type LedgerRequest = { readonly id: number; readonly case: string } & (
  { readonly do: 'record'; readonly line: LedgerLine } | { readonly do: 'take' }
);

/** What it is answered. */
export interface LedgerAnswer {
  readonly id: number;
  /** All lines of the case, which the ledger then forgets; only for `take`. */
  readonly lines?: readonly LedgerLine[];
}

const cases = new Map<string, LedgerLine[]>();

const server = createServer((socket) => {
  // A killed teller resets its connection; the interface passes the error on.
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket });
  lines.on('error', () => undefined);
  lines.on('line', (line) => answer(socket, line));
});

function answer(socket: Socket, text: string): void {
  const request = JSON.parse(text) as LedgerRequest;
  const lines = cases.get(request.case) ?? [];
  cases.set(request.case, lines);
  const { id } = request;
  if (request.do === 'record') {
    lines.push(request.line);
    send(socket, { id });
    return;
  }
  cases.delete(request.case);
  send(socket, { id, lines });
}

function send(socket: Socket, message: LedgerAnswer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port });
});
process.once('disconnect', () => process.exit(0));
