import { TuttiError } from '../../base/tutti-error.ts';
import type { SeekPosition } from '../model/topic-runtime.ts';

/** A position as people write it: `tip`, `oldest`, an offset, or an instant in RFC 3339. @throws TUTTI_OPTION_INVALID */
export function parsePosition(text: string): SeekPosition {
  if (text === 'tip' || text === 'oldest') return text;
  if (/^-?\d+$/.test(text)) return { offset: Number(text) };
  if (/^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(Date.parse(text))) return { time: text };
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `'${text}' is no position; expected tip, oldest, an offset, or an instant such as 2026-01-31T12:00:00Z.`,
  );
}
