import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own that plays one part of a bench. */
export interface Child {
  /** Resolves with the first message that is this word, or an object with this key. */
  readonly message: (word: string) => Promise<unknown>;
  readonly kill: () => Promise<void>;
}

/** Starts `parts.ts` in a process of its own; see there for the parts. */
export function startChild(part: string, ...rest: readonly string[]): Child {
  const child: ChildProcess = fork(new URL('./parts.ts', import.meta.url), [part, ...rest]);
  return {
    message: (word) =>
      new Promise((resolve, reject) => {
        child.on('message', (message) => {
          const isIt =
            message === word || (typeof message === 'object' && message !== null && word in message);
          if (isIt) resolve(message);
        });
        child.once('exit', (code) => reject(new Error(`the part "${part}" ended with ${String(code)}`)));
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Plays a part to its end and gives its result. */
export async function childProcess<T>(part: string, ...rest: readonly string[]): Promise<T> {
  const child = startChild(part, ...rest);
  const message = (await child.message('result')) as { readonly result: T };
  await child.kill();
  return message.result;
}
