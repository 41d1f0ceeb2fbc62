/** The HTTP binding of CloudEvents, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md */
import { parseJsonText } from '../../base/json-text.ts';
import { TuttiError } from '../../base/tutti-error.ts';

/** The events of a request, and whether it was a batch: its answer is a list then. */
export interface ReceivedCloudEvents {
  readonly events: readonly unknown[];
  readonly isBatch: boolean;
}

/**
 * Reads a request in binary, structured or batch mode. What the events say is not checked here.
 *
 * @throws TUTTI_JSON_MALFORMED, TUTTI_EVENT_INVALID when it is in no mode.
 */
export function readCloudEvents(headers: Headers, body: Buffer): ReceivedCloudEvents {
  const contentType = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (contentType === 'application/cloudevents+json') return { events: [readJson(body)], isBatch: false };
  if (contentType === 'application/cloudevents-batch+json') {
    const events = readJson(body);
    if (Array.isArray(events)) return { events, isBatch: true };
    throw new TuttiError(
      'TUTTI_EVENT_INVALID',
      'A batch of CloudEvents is a JSON array; got something else.',
    );
  }
  if (headers.has('ce-specversion')) return { events: [readBinary(headers, body)], isBatch: false };
  throw new TuttiError(
    'TUTTI_EVENT_INVALID',
    `The request is no CloudEvent: its content type is "${contentType}" and it has no ce-specversion; expected ` +
      'application/cloudevents+json, application/cloudevents-batch+json, or ce- headers.',
  );
}

function readBinary(headers: Headers, body: Buffer): Readonly<Record<string, unknown>> {
  const event: Record<string, unknown> = {};
  for (const [header, value] of headers) {
    if (header.startsWith('ce-')) event[header.slice(3)] = decodeHeader(header, value);
  }
  // The data is the body: a header of that name would be taken for it.
  delete event['data'];
  const contentType = headers.get('content-type');
  if (contentType !== null) event['datacontenttype'] = contentType;
  if (body.length > 0) event['data'] = readJson(body);
  return event;
}

/** Section 3.1.3.2: everything beyond printable ASCII is percent-encoded. */
function decodeHeader(header: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new TuttiError(
      'TUTTI_EVENT_INVALID',
      `Header ${header} is ${JSON.stringify(value)}, whose percent-encoding is broken.`,
      { cause },
    );
  }
}

function readJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    // Called for its error alone, which tells where; tags of our own codec have no meaning in a CloudEvent.
    return parseJsonText(text, "The request's body");
  }
}
