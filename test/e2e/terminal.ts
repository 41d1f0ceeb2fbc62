import { spawn } from '@lydell/node-pty';

/** Keys as a terminal sends them. */
export const keys = {
  enter: '\r',
  up: '\u001b[A',
  down: '\u001b[B',
  space: ' ',
  interrupt: '\u0003',
} as const;

/** A prompt hides the cursor when it begins to listen; nothing else here does. */
const promptBegins = '\u001b[?25l';

/** A program in a pseudo-terminal. */
export interface Terminal {
  /** Everything it has written so far, control sequences included. */
  readonly screen: () => string;
  /** Types keys into it. */
  readonly press: (...sequence: readonly string[]) => void;
  /** Resolves to true at the prompt after the ones already waited for, to false when the program ends first. */
  readonly prompt: () => Promise<boolean>;
  readonly ended: Promise<number>;
  readonly kill: () => void;
}

/** Starts a shell command in a terminal of its own; the shell is there for redirections. */
export function openTerminal(command: string, cwd: string): Terminal {
  const child = spawn('sh', ['-c', command], {
    cwd,
    cols: 100,
    rows: 50,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TERM: 'xterm-256color' },
  });
  let screen = '';
  let prompts = 0;
  let hasEnded = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  child.onData((part) => {
    screen += part;
    tell();
  });
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      hasEnded = true;
      tell();
      resolve(exitCode);
    });
  });
  return {
    screen: () => screen,
    press: (...sequence) => {
      for (const key of sequence) child.write(key);
    },
    prompt: () => {
      prompts += 1;
      return new Promise((resolve) => {
        const look = (): void => {
          // The prompt is drawn after it begins, perhaps in another part; its frame ends with this corner.
          const isThere = screen.split(promptBegins)[prompts]?.includes('└') === true;
          if (!isThere && !hasEnded) return;
          listeners.delete(look);
          resolve(isThere);
        };
        listeners.add(look);
        look();
      });
    },
    ended,
    kill: () => {
      if (!hasEnded) child.kill('SIGKILL');
    },
  };
}
