import type { Notification } from '../notification.ts';
import type { RunEvent } from '../run-event.ts';

/** What sends mail; a transport of `nodemailer` is one. */
export interface MailTransport {
  sendMail(mail: {
    readonly from: string;
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly messageId: string;
  }): Promise<unknown>;
}

/** Who is told, and by which server. */
export interface EmailOptions {
  /** A transport of nodemailer, which is not installed with Tutti, or the address of a mail server (`smtp://...`) for it. */
  readonly transport: MailTransport | string;
  readonly from: string;
  readonly to: string;
}

/** Mails each event. A repetition carries the same Message-ID, by which mail programs drop it. */
export function email(options: EmailOptions): Notification {
  let opened: Promise<MailTransport> | null = null;
  return async (event, { idempotencyKey }) => {
    const { transport, from, to } = options;
    opened ??= typeof transport === 'string' ? openTransport(transport) : Promise.resolve(transport);
    const mailer = await opened;
    const messageId = `<${Buffer.from(idempotencyKey).toString('base64url')}@tutti>`;
    await mailer.sendMail({ from, to, subject: subjectOf(event), text: textOf(event), messageId });
  };
}

async function openTransport(address: string): Promise<MailTransport> {
  const { createTransport } = await import('nodemailer');
  return createTransport(address);
}

const words: Readonly<Record<RunEvent['event'], string>> = {
  success: 'succeeded',
  failure: 'failed',
  skipped: 'was skipped',
  late: 'is late',
};

function subjectOf({ event, pipeline, task }: RunEvent): string {
  return task === null ? `${pipeline} ${words[event]}` : `${pipeline}: ${task} ${words[event]}`;
}

function textOf(event: RunEvent): string {
  const { pipeline, runId, task, at, error } = event;
  return [
    `${subjectOf(event)}.`,
    '',
    `pipeline  ${pipeline}`,
    `run       ${runId}`,
    ...(task === null ? [] : [`task      ${task}`]),
    `at        ${new Date(at).toISOString()}`,
    ...(error === null ? [] : ['', error]),
    '',
    `tutti pipeline show ${runId}`,
  ].join('\n');
}
