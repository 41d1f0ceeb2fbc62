import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

export interface MailReceiverOptions {
  /** Where the mails are stored, one .eml file each. */
  readonly directory: string;
  /** Port on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** Told of each mail after it is on disk, or after it was recognized as a copy. */
  readonly onMail?: (mail: { readonly file: string; readonly isCopy: boolean }) => void;
}

export interface MailReceiver {
  readonly port: number;
  /** Absolute path. */
  readonly directory: string;
  /** Names of the stored mails. */
  list(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const mailBytesMax = 1_000_000;

/** Starts a real SMTP server that keeps what it gets as files, and keeps no mail twice. */
export async function startMailReceiver(options: MailReceiverOptions): Promise<MailReceiver> {
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: mailBytesMax,
    onData(stream: SMTPServerDataStream, _session, callback) {
      receive(stream, directory).then(
        (mail) => {
          options.onMail?.(mail);
          callback(null);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  // A client that hangs up in the middle (for example because it was killed) is not our failure.
  server.on('error', () => undefined);
  await new Promise<void>((started, failed) => {
    server.server.once('error', failed);
    server.listen(options.port ?? 0, '127.0.0.1', started);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    directory,
    list: async (): Promise<readonly string[]> =>
      (await readdir(directory)).filter((name) => name.endsWith('.eml')).toSorted(),
    stop: (): Promise<void> => new Promise((stopped) => server.close(stopped)),
  };
}

async function receive(
  stream: SMTPServerDataStream,
  directory: string,
): Promise<{ readonly file: string; readonly isCopy: boolean }> {
  const mail = await buffer(stream);
  if (stream.sizeExceeded) throw Object.assign(new Error('The mail is too large.'), { responseCode: 552 });
  const headers = readHeaders(mail);
  const identity = headers.get('idempotency-key') ?? headers.get('message-id');
  if (identity === undefined) {
    throw Object.assign(new Error('The mail has no Message-ID.'), { responseCode: 554 });
  }
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 24);
  return store(mail, join(directory, `${name}.eml`));
}

/** The mail gets its name only when it is whole and on disk; the link fails if the name is taken. */
async function store(
  mail: Buffer,
  file: string,
): Promise<{ readonly file: string; readonly isCopy: boolean }> {
  const draft = `${file}.${randomUUID()}.draft`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(mail);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return { file, isCopy: false };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return { file, isCopy: true };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Header names in lower case, folded lines joined. */
function readHeaders(mail: Buffer): ReadonlyMap<string, string> {
  const [head = ''] = mail.toString('latin1').split(/\r?\n\r?\n/, 1);
  const lines = head.replaceAll(/\r?\n[ \t]+/g, '').split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
