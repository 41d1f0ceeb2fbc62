import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines-of.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string | Uint8Array, size = 3): Promise<readonly string[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const lines: string[] = [];
  for await (const line of linesOf(pieces(bytes, size))) lines.push(line);
  return lines;
}

describe('lines of a text', () => {
  it('are the same however its bytes are cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n\uFEFF]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        expect(await read(lines.map((one) => `${one}\n`).join(''), size)).toEqual(lines);
      }),
    );
  });

  it('may end like those of Windows, and the last one not at all', async () => {
    expect(await read('one\r\ntwo')).toEqual(['one', 'two']);
    expect(await read('')).toEqual([]);
  });

  it('that are no UTF-8 are refused by their number', async () => {
    const broken = read(Uint8Array.of(97, 10, 0xff, 10));
    await expect(broken).rejects.toMatchObject({
      code: 'TUTTI_ARCHIVE_DAMAGED',
      message: expect.stringContaining('line 2 ') as string,
    });
  });
});
