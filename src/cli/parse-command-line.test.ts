import { describe, expect, it } from 'vitest';
import { catalog } from './catalog.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { programName, shellWord } from './program-name.ts';

describe('a command line', () => {
  it('takes the options about the place before the command too', async () => {
    const { name, args } = await parseCommandLine(['--store', 'x', '-o', 'json', 'runs', 'show', 'a'], {});
    expect(name).toBe('runs show');
    expect([args.text('store'), args.text('output'), args.text('run')]).toEqual(['x', 'json', 'a']);
  });

  it('may hold a JSON argument that begins with a minus', async () => {
    const { args } = await parseCommandLine(['run', 'add', '--', '-7'], {});
    expect(args.text('input')).toBe('-7');
  });

  it('is understood for every example of every command', async () => {
    for (const [name, load] of Object.entries(catalog)) {
      const { command } = await load();
      for (const example of command.examples) {
        const words = [...example.command.matchAll(/'([^']*)'|(\S+)/g)].map(
          (match) => match[1] ?? match[2] ?? '',
        );
        expect((await parseCommandLine(words, {})).name).toBe(name);
      }
    }
  });

  it.each([
    [['rnus', 'list'], "Did you mean 'runs list'?"],
    [['--stroe', 'x'], "no option '--stroe'"],
    [['approvals', 'lsit'], "Did you mean 'approvals list'?"],
  ])('%j is refused with the nearest name', async (words, text) => {
    await expect(parseCommandLine(words, {})).rejects.toThrow(text);
  });
});

describe('what to type next', () => {
  it('begins as this program was started', () => {
    expect(programName({})).toBe('tutti');
    expect(programName({ npm_package_name: 'tutti', npm_lifecycle_event: 'start' })).toBe(
      'npm run -s tutti --',
    );
    expect(programName({ npm_package_name: 'shop', npm_lifecycle_event: 'npx' })).toBe('npx tutti');
  });

  it('is quoted for a shell', () => {
    expect(shellWord('order-7@2')).toBe('order-7@2');
    expect(shellWord(`it's {"a":1}`)).toBe(String.raw`'it'\''s {"a":1}'`);
  });
});
