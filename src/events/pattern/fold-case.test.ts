import { expect, it } from 'vitest';
import { matchesValue } from './match-value.ts';
import { parseAlternative } from './parse-operator.ts';

// Lower case of a whole text spells a sigma differently at the end of a word, so a text would not begin with its own beginning.
it.each([
  [{ prefix: { 'equals-ignore-case': 'ΟΔΟΣ' } }, 'ΟΔΟΣΗΜΑ'],
  [{ suffix: { 'equals-ignore-case': 'Σ' } }, 'ΟΔΟΣ'],
  [{ 'equals-ignore-case': 'οδοσ' }, 'ΟΔΟΣ'],
])('ignores case letter by letter: %j matches %s', (operator, text) => {
  expect(matchesValue(parseAlternative(operator, { path: 'a', pattern: {} } as never), text)).toBe(true);
});
