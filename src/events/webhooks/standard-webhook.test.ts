import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isSignedStandard, signStandard, standardKey } from './standard-webhook.ts';

const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
const message = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000 }),
  body: fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
});

describe('a signature of Standard Webhooks', () => {
  it('is the one that the reference library makes', () => {
    fc.assert(
      fc.property(key, message, (bytes, signed) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
        const { id, timestamp, body } = signed;
        expect(signStandard([standardKey(secret, 'it')], signed)).toBe(
          new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
        );
      }),
    );
  });

  it('is right for its key and message, and for no other key, time or body', () => {
    fc.assert(
      fc.property(key, message, (bytes, signed) => {
        const right = Buffer.from(bytes);
        const wrong = Buffer.concat([right.subarray(0, 23), Buffer.from([(right[23] ?? 0) ^ 1])]);
        const signature = signStandard([right], signed);
        expect(isSignedStandard([wrong, right], signed, `v2,x v1, ${signature}`)).toBe(true);
        expect(isSignedStandard([wrong], signed, signature)).toBe(false);
        expect(isSignedStandard([right], { ...signed, timestamp: signed.timestamp + 1 }, signature)).toBe(
          false,
        );
        const body = Buffer.concat([signed.body, Buffer.from(' ')]);
        expect(isSignedStandard([right], { ...signed, body }, signature)).toBe(false);
      }),
    );
  });

  it.each(['', 'whsec_', 'whsec_%%%', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(200)}`])(
    'is not made with %j, and the error does not show it',
    (secret) => {
      expect(() => standardKey(secret, 'it')).toThrow(
        expect.objectContaining({
          code: 'TUTTI_DEFINITION_INVALID',
          message: expect.not.stringContaining('c2hvcnQ') as string,
        }),
      );
    },
  );
});
