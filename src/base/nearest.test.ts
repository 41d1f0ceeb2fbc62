import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest.ts';

describe('the nearest name', () => {
  const known = ['timeout', 'retry', 'compensate', 'id'];

  it.each([
    ['timeuot', 'timeout'],
    ['Timeout', 'timeout'],
    ['retries', 'retry'],
    ['compensation', 'compensate'],
    ['di', 'id'],
    ['retry', 'retry'],
  ])('of %s is %s', (unknown, expected) => {
    expect(nearestName(unknown, known)).toBe(expected);
  });

  it.each(['banana', '', 'timer'])('of %j is nothing', (unknown) => {
    expect(nearestName(unknown, known)).toBeUndefined();
  });

  it('is the first of equally near ones', () => {
    expect(nearestName('sep', ['step', 'seep'])).toBe('step');
  });

  it('is nothing when nothing is known', () => {
    expect(nearestName('x', [])).toBeUndefined();
  });
});
