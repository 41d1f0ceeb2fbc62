import { expect, test } from 'vitest';
import { VirtualClock, virtualStart } from './virtual-clock.ts';

test('time stands still until it is moved', () => {
  const clock = new VirtualClock();
  expect(clock.now()).toBe(virtualStart);
  clock.advance(5);
  expect(clock.now()).toBe(virtualStart + 5);
});

test('timers fire in order of their time, equal ones in the order they were set, each at its own time', () => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.setTimer(20, note('c'));
  clock.setTimer(10, note('a'));
  clock.setTimer(10, note('b'));
  clock.advance(30);
  expect(fired).toEqual(['a@10', 'b@10', 'c@20']);
});

test('a canceled timer does not fire, also when another due at the same time cancels it', () => {
  const clock = new VirtualClock(0);
  let fired = 0;
  clock.setTimer(10, () => second.cancel());
  const second = clock.setTimer(10, () => (fired += 1));
  clock.advance(10);
  expect(fired).toBe(0);
});

test('a timer set by a timer fires in the same move when it is due', () => {
  const clock = new VirtualClock(0);
  let at = -1;
  clock.setTimer(10, () => clock.setTimer(5, () => (at = clock.now())));
  clock.advance(20);
  expect(at).toBe(15);
});

test('fireNext moves to the next timer and no further', () => {
  const clock = new VirtualClock(0);
  clock.setTimer(10, () => undefined);
  expect(clock.fireNext(9)).toBe(false);
  expect(clock.fireNext(10)).toBe(true);
  expect(clock.now()).toBe(10);
  expect(clock.fireNext()).toBe(false);
});

test('a jump moves the time and leaves pending timers the delay they had', () => {
  const clock = new VirtualClock(0);
  let at = -1;
  clock.setTimer(10, () => (at = clock.now()));
  clock.jump(-100);
  expect(clock.now()).toBe(-100);
  clock.advance(10);
  expect(at).toBe(-90);
});
