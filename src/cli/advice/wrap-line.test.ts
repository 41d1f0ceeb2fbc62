import { describe, expect, it } from 'vitest';
import { wrapLine } from './wrap-line.ts';

const words = 'one two three four five six seven eight nine ten';

describe('a long line', () => {
  it('is broken between words and indented like its beginning', () => {
    expect(wrapLine(`  ${words}`, 42)).toBe('  one two three four five six seven eight\n    nine ten');
  });

  it('keeps what follows a bar beside the bar', () => {
    const [first, second] = wrapLine(`  ████│    +4  ${words}`, 40).split('\n');
    expect(first).toBe('  ████│    +4  one two three four five');
    expect(second).toMatch(/^ {17}six/);
  });

  it('is left alone where it fits, where nobody cuts, and where nothing would fit', () => {
    for (const columns of [200, Number.POSITIVE_INFINITY, 20]) expect(wrapLine(words, columns)).toBe(words);
  });
});
