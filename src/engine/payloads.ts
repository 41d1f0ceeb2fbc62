import { TuttiError } from '../base/tutti-error.ts';
import { isPayloadReference, type Payload } from './model/payload.ts';
import { outside } from './outside.ts';
import type { PayloadStore } from './ports/payload-store.ts';

/** Turns the bytes of a value into what is stored, for example compressed or encrypted, and back. Must be its own inverse. */
export interface PayloadCodec {
  encode(bytes: Uint8Array): Uint8Array;
  decode(bytes: Uint8Array): Uint8Array;
}

/** Where values go by the length of their text. */
export interface PayloadLimits {
  /** Values whose text is longer lie in the payload store. Characters, default 16,384. */
  readonly inlineMax: number;
  /** Values whose text is longer are refused. Characters, default 64 Mi. */
  readonly payloadMax: number;
}

/** The limits of an engine that was given none. */
export const defaultPayloadLimits: PayloadLimits = { inlineMax: 16_384, payloadMax: 64 * 1024 * 1024 };

/** The way of a value's text into the store and back: limit, codec, spilling. */
export class Payloads {
  readonly #store: PayloadStore;
  readonly #codec: PayloadCodec | null;
  readonly #limits: PayloadLimits;

  constructor(store: PayloadStore, codec: PayloadCodec | null, limits: PayloadLimits) {
    this.#store = store;
    this.#codec = codec;
    this.#limits = limits;
  }

  /**
   * The payload for a text if it can be stored inline, at once; null if it must go to the payload store first.
   * `what` names the value in the error.
   * @throws TUTTI_PAYLOAD_TOO_LARGE
   */
  inline(text: string, what: string): Payload | null {
    if (text.length > this.#limits.inlineMax) {
      this.#refuseTooLarge(text.length, what);
      return null;
    }
    return this.#codec === null ? text : this.#codec.encode(Buffer.from(text));
  }

  /** The payload for a short text that must stay in its row whatever its length: what a wait says of itself. */
  always(text: string): Payload {
    return this.#codec === null ? text : this.#codec.encode(Buffer.from(text));
  }

  /** Writes the text to the payload store, durably, and returns the reference. */
  async spill(text: string, runId: string): Promise<Payload> {
    const bytes = Buffer.from(text);
    const stored = this.#codec === null ? bytes : this.#codec.encode(bytes);
    // Spilling a result is often set off by the code that waits for it, and its I/O is not that code's.
    return `@${await outside(() => this.#store.put(runId, stored))}`;
  }

  /** `inline`, or else `spill`. @throws TUTTI_PAYLOAD_TOO_LARGE */
  async store(text: string, runId: string, what: string): Promise<Payload> {
    return this.inline(text, what) ?? (await this.spill(text, runId));
  }

  /** The text of a payload that lies in the store itself; null if it must be fetched with `fetch`. */
  textNow(payload: Payload): string | null {
    if (typeof payload !== 'string') return this.#decode(payload);
    return isPayloadReference(payload) ? null : payload;
  }

  /** The text of any payload. @throws TUTTI_STORE_FAILED when the payload store does not have it. */
  async text(payload: Payload): Promise<string> {
    if (!isPayloadReference(payload)) return this.textNow(payload) ?? '';
    const bytes = await outside(() => this.#store.get(payload.slice(1)));
    return this.#codec === null ? Buffer.from(bytes).toString() : this.#decode(bytes);
  }

  /** Drops the files of pruned runs. */
  async deleteRuns(runIds: readonly string[]): Promise<void> {
    await this.#store.deleteRuns(runIds);
  }

  #decode(bytes: Uint8Array): string {
    return Buffer.from(this.#codec === null ? bytes : this.#codec.decode(bytes)).toString();
  }

  #refuseTooLarge(length: number, what: string): void {
    const { payloadMax } = this.#limits;
    if (length <= payloadMax) return;
    throw new TuttiError(
      'TUTTI_PAYLOAD_TOO_LARGE',
      `${what} has ${length.toLocaleString('en')} characters as JSON; at most ${payloadMax.toLocaleString('en')} can be stored.`,
      { details: { length, payloadMax } },
    );
  }
}
