import { describe, expect, it } from 'vitest';
import { advise, adviseTogether } from '../advise.ts';
import { comparison } from '../comparison.ts';
import { paradigms } from '../paradigm.ts';
import { questionTable as table } from '../table/question-table.ts';
import { balanceBar, bar } from './bars.ts';
import { renderComparisonMarkdown, renderComparisonText } from './comparison.ts';
import { renderMarkdown } from './markdown.ts';
import { renderPage } from './page.ts';
import { renderText } from './text.ts';

const today = '2026-11-25';
const answers = {
  duration: '>1d',
  human: 'in-path',
  shape: 'fixed',
  trigger: 'schedule',
  alsoContains: ['stream'],
};
const advice = advise(
  {
    answers,
    people: [
      { name: 'Ada "the <lead>"', role: 'lead' },
      { name: 'Ben', part: 'consulted' },
      { name: 'Cleo', part: 'informed' },
    ],
    preference: { paradigm: 'pipeline', why: '<script>alert(1)</script>' },
  },
  { today },
);

describe('the decision record', () => {
  it.each([
    'Context and Problem Statement',
    'Decision Drivers',
    'Considered Options',
    'Decision Outcome',
    'Pros and Cons of the Options',
    'More Information',
  ])('has the section %s of MADR', (title) => {
    expect(advice.adr.markdown).toContain(`\n## ${title}\n`);
  });

  it('has the subsections and the front matter of MADR', () => {
    expect(advice.adr.markdown).toMatch(
      /^---\nstatus: proposed\ndate: 2026-11-25\ndecision-makers: \["Ada \\"the <lead>\\", lead"\]\nconsulted: \["Ben"\]\ninformed: \["Cleo"\]\n---\n\n# /,
    );
    expect(advice.adr.markdown).toMatch(/\n### Consequences\n\n\* Good, because/);
    expect(advice.adr.markdown).toContain('\n* Bad, because of a risk: ');
    expect(advice.adr.markdown).toMatch(/\n### Confirmation\n[\s\S]+Review on 2027-05-25/);
    expect(advice.adr.markdown).toContain(
      `Answers ${advice.answersHash}, table version ${advice.tableVersion}`,
    );
    expect(advice.adr.fileName).toBe('2026-11-25-orchestrate-with-stateful.md');
  });

  it('names five drivers at most, the largest first', () => {
    const drivers =
      /## Decision Drivers\n\n([\s\S]*?)\n\n##/.exec(advice.adr.markdown)?.[1]?.split('\n') ?? [];
    expect(drivers.length).toBeLessThanOrEqual(5);
    expect(drivers[0]).toContain('How long does one run take');
  });

  it('has every section also when nothing is recommended', () => {
    const { markdown } = advise({ answers: { steps: 'one' } }, { today }).adr;
    expect(markdown.match(/^## .+$/gm)).toHaveLength(6);
    expect(markdown).toContain('use a plain job or cron');
  });
});

describe('the page', () => {
  const page = renderPage(advice, table);

  it('asks for nothing from outside', () => {
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|<script|<link|https?:\/\//);
  });

  it('escapes what people wrote', () => {
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).toContain('Ada &quot;the &lt;lead&gt;&quot;');
  });

  it('is for paper and phones, with bars and sensitivity as SVG', () => {
    expect(page).toContain('name="viewport"');
    expect(page).toContain('@media print');
    for (const name of ['fit-bars', 'balance-bars', 'sensitivity'])
      expect(page).toContain(`<svg class="${name}"`);
  });

  it('is well-formed', () => {
    const open: string[] = [];
    for (const [, slash, name = '', closed] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (['meta'].includes(name) || closed === '/') continue;
      if (slash === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});

describe('every form', () => {
  const merged = adviseTogether(
    [
      { answers, people: ['Ada'] },
      { answers: { ...answers, human: 'none' }, people: ['Ben'] },
    ],
    { today },
  );
  const forms = {
    text: renderText(merged, table).join('\n'),
    markdown: renderMarkdown(merged, table),
    page: renderPage(merged, table),
  };

  it.each(Object.entries(forms))(
    '%s says the recommendation, the reasons, and where people differ',
    (_, text) => {
      expect(text).toContain('Stateful workflow');
      expect(text).toContain('Why not the others');
      expect(text).toContain('What would change it');
      expect(text).toMatch(/Ben: no →/);
      expect(text).toContain('2027-05-25');
    },
  );
});

describe('bars', () => {
  it('are as long as their value, to an eighth of a character', () => {
    expect(bar(100, 4)).toBe('████');
    expect(bar(0, 4)).toBe('    ');
    expect(bar(50, 4)).toBe('██  ');
    expect(bar(53, 4)).toBe('██▏ ');
    expect(balanceBar(-2, 4, 4)).toBe('  ██│    ');
    expect(balanceBar(4, 4, 4)).toBe('    │████');
  });
});

describe('the comparison', () => {
  it('has a value and a sentence for each paradigm in each of seven aspects', () => {
    expect(comparison.map(({ aspect }) => aspect)).toEqual([
      'Complexity',
      'Scalability',
      'Fault tolerance',
      'Debugging',
      'Long-running steps',
      'Skills',
      'Typical tools',
    ]);
    for (const { aspect, cells } of comparison)
      for (const paradigm of paradigms) expect(cells[paradigm][1], aspect).toMatch(/^[A-Z].{15,}\.$/);
    const lines = renderComparisonText((_, text) => text);
    expect(lines.join('\n')).toContain('Debugging\n  Pipeline');
    expect(renderComparisonMarkdown().split('\n')).toHaveLength(2 + 7 + 1);
  });
});
