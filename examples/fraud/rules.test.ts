import { describe, expect, it } from 'vitest';
import { authorizationAt, type Authorization } from './authorization.ts';
import { rules, scoreOf, verdictOf } from './rules.ts';
import { observe, type Uses } from './velocity.ts';

const calm = { count: 1, amount: 2_000 };
const use: Authorization = {
  ...authorizationAt({ seed: 1, rate: 10, count: 1 }, 0, 0),
  country: 'DE',
  merchant: 'grocer',
  amount: 2_000,
};

describe('the rules', () => {
  it('let an ordinary payment pass without a reason', () => {
    const score = scoreOf(use, calm);
    expect(score).toEqual({ points: 0, reasons: [] });
    expect(verdictOf(score)).toBe('pass');
  });

  it('each add their weight, and say so', () => {
    const conspicuous = { ...use, country: 'BR', merchant: 'jeweller', amount: 95_000 };
    const score = scoreOf(conspicuous, { count: 5, amount: 200_000 });
    expect(score.reasons).toEqual(rules.map(({ name }) => name));
    expect(score.points).toBe(rules.reduce((sum, { weight }) => sum + weight, 0));
    expect(verdictOf(score)).toBe('block');
  });

  it.each([
    [44, 'pass'],
    [45, 'flag'],
    [69, 'flag'],
    [70, 'review'],
    [84, 'review'],
    [85, 'block'],
  ] as const)('make of %i points: %s', (points, verdict) => {
    expect(verdictOf({ points, reasons: [] })).toBe(verdict);
  });
});

describe('the velocity of a card', () => {
  it('counts what lies within a minute, this use included', () => {
    let uses: Uses = [];
    const counts = [0, 30_000, 59_999, 60_000, 200_000].map((usedAt) => {
      const observed = observe(uses, { ...use, usedAt, amount: 100 });
      uses = observed.uses;
      return [observed.velocity.count, observed.velocity.amount];
    });
    expect(counts).toEqual([
      [1, 100],
      [2, 200],
      [3, 300],
      [3, 300],
      [1, 100],
    ]);
  });
});

describe('the stream', () => {
  it('is the same for the same seed, whatever its length and when it is made', () => {
    const one = authorizationAt({ seed: 7, rate: 100, count: 10 }, 5, 1);
    const other = authorizationAt({ seed: 7, rate: 100, count: 99 }, 5, 2);
    expect({ ...one, sentAt: 0 }).toEqual({ ...other, sentAt: 0 });
    expect(authorizationAt({ seed: 8, rate: 100, count: 10 }, 5, 1).amount).not.toBe(one.amount);
  });
});
