import { TuttiError } from '../../base/tutti-error.ts';

/** The longest line an archive may have: more than the largest event a topic may take. Bytes. */
const lineBytesMax = 96 << 20;
const newline = 10;

/**
 * The lines of a text in UTF-8 as its bytes come in, without their ends; the last one need not have an end. Holds one line
 * and one piece of the text in memory.
 *
 * @throws TUTTI_ARCHIVE_DAMAGED with the number of a line that is not UTF-8 or too long.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let number = 1;
  const decode = (last: Uint8Array): string => {
    const bytes = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    rest = [];
    restBytes = 0;
    try {
      const text = decoder.decode(bytes);
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    } catch (cause) {
      throw damaged(`line ${number} is not text in UTF-8`, cause);
    }
  };
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      yield decode(piece.subarray(start, end));
      number += 1;
      start = end + 1;
    }
    if (start === piece.length) continue;
    rest.push(piece.subarray(start));
    restBytes += piece.length - start;
    if (restBytes > lineBytesMax) throw damaged(`line ${number} is longer than ${lineBytesMax} bytes`);
  }
  if (restBytes > 0) yield decode(new Uint8Array());
}

function damaged(fault: string, cause?: unknown): TuttiError {
  return new TuttiError('TUTTI_ARCHIVE_DAMAGED', `The archive cannot be read: ${fault}.`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
