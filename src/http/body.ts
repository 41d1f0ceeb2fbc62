import { parseJsonText } from '../base/json-text.ts';
import { TuttiError } from '../base/tutti-error.ts';

/**
 * The decoded JSON of a request; undefined for an empty body.
 *
 * @throws TUTTI_PAYLOAD_TOO_LARGE as soon as more than `bytesMax` have arrived, TUTTI_JSON_MALFORMED.
 */
export async function readJsonBody(request: Request, bytesMax: number): Promise<unknown> {
  const bytes = await readBytes(request, bytesMax);
  if (bytes.length === 0) return undefined;
  return parseJsonText(decodeText(bytes), "The request's body");
}

/** The bytes of a request as they came. @throws TUTTI_PAYLOAD_TOO_LARGE as soon as more than `bytesMax` have arrived. */
export async function readBytes(request: Request, bytesMax: number): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > bytesMax) refuse(bytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) refuse(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TuttiError('TUTTI_JSON_MALFORMED', "The request's body is not JSON: it is not text in UTF-8.", {
      cause: error,
    });
  }
}

function refuse(bytesMax: number): never {
  throw new TuttiError(
    'TUTTI_PAYLOAD_TOO_LARGE',
    `The request's body is larger than the limit of ${bytesMax} bytes.`,
    {
      details: { bytesMax },
    },
  );
}
