import { createHash } from 'node:crypto';
import { createTransport, type Transporter } from 'nodemailer';
import type { Customer } from './customer.ts';
import type { Once } from './tenants.ts';

export interface SentMail {
  readonly messageId: string;
  readonly to: string;
}

export interface MailerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

/**
 * Sends the letters of the onboarding over SMTP. SMTP itself knows no idempotency, so each letter carries the step's key
 * twice: as `Idempotency-Key`, and hashed as its Message-ID, by which a receiver recognizes the second copy.
 */
export class Mailer {
  readonly #transport: Transporter;

  constructor({ host = '127.0.0.1', port }: MailerOptions) {
    this.#transport = createTransport({
      host,
      port,
      secure: false,
      ignoreTLS: true,
      connectionTimeout: 5_000,
    });
  }

  welcome(customer: Customer, step: Once): Promise<SentMail> {
    return this.#send(customer, step, `Welcome, ${customer.company}`, [
      `your account (${customer.plan}, ${customer.seats} seats) is being set up.`,
      'One of us verifies it now; you will be able to log in right after.',
    ]);
  }

  regret(customer: Customer, step: Once): Promise<SentMail> {
    return this.#send(customer, step, 'Your account was not opened', [
      'we could not verify your account, and have deleted what had been set up for it.',
      'Simply answer this mail if you think we are wrong.',
    ]);
  }

  survey(customer: Customer, step: Once): Promise<SentMail> {
    return this.#send(customer, step, 'How were your first days?', [
      `one question only: how likely is it that ${customer.company} recommends us, from 0 to 10?`,
    ]);
  }

  async #send(customer: Customer, step: Once, subject: string, lines: readonly string[]): Promise<SentMail> {
    const messageId = `<${createHash('sha256').update(step.idempotencyKey).digest('hex').slice(0, 32)}@desk.example>`;
    await this.#transport.sendMail({
      from: 'Customer desk <desk@desk.example>',
      to: { name: customer.contact, address: customer.email },
      subject,
      text: [`Dear ${customer.contact},`, ...lines, 'Your customer desk'].join('\n\n') + '\n',
      messageId,
      headers: { 'Idempotency-Key': encodeURIComponent(step.idempotencyKey) },
    });
    return { messageId, to: customer.email };
  }
}
