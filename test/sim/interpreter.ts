/** The durable workflow that carries out programs, and says at every turn what it was told. */
import { silentLogger } from '../../src/base/logger.ts';
import { isTuttiError, NonRetryableError } from '../../src/index.ts';
import type { Definition } from '../../src/engine/index.ts';
import {
  signal,
  workflow,
  workflowDefinition,
  type Workflow,
  type WorkflowContext,
} from '../../src/workflows/index.ts';
import { Fact, type Facts } from './facts.ts';
import { Hearing } from './hearing.ts';
import type { Incarnation, Witness } from './witness.ts';
import { settledAs } from './predict.ts';
import { stepValue, type CodeName, type Program } from './program.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export interface ProgramInput {
  readonly program: Program;
}

/** Any answer will do. */
const form = {
  '~standard': { version: 1, vendor: 'sim', validate: (value: unknown) => ({ value }) },
} as const;

/** Both definitions as one process has them; `facts` where programs tell and hear some. */
export function programDefinitions(
  process: SimulatedProcess,
  witness: Witness,
  facts: Facts | undefined,
): readonly Definition[] {
  const codes = new Map<CodeName, Workflow<ProgramInput>>();
  return (['strict', 'batched'] as const).map((name) => {
    // The run's number is not for workflow code; here it is smuggled in, because an id alone does not tell generations apart.
    const code = workflow<ProgramInput & { readonly number?: number }, unknown>(
      name,
      { durability: name },
      async (ctx, { program, number = 0 }) => {
        const incarnation = witness.incarnation(process, number, name);
        const hearing = new Hearing(number, (heard) => witness.heard(process, heard));
        return new Interpreter({ process, incarnation, codes, facts, hearing }, ctx).run(program);
      },
    );
    codes.set(name, code);
    const definition = workflowDefinition(code, { logger: silentLogger });
    return {
      ...definition,
      execute: (run, input) =>
        definition.execute(run, { ...(input as ProgramInput), number: run.record.number }),
    };
  });
}

interface Surroundings {
  readonly process: SimulatedProcess;
  readonly incarnation: Incarnation;
  readonly codes: ReadonlyMap<CodeName, Workflow<ProgramInput>>;
  readonly facts: Facts | undefined;
  readonly hearing: Hearing;
}

class Interpreter {
  readonly #my: Surroundings;
  readonly #ctx: WorkflowContext;

  constructor(my: Surroundings, ctx: WorkflowContext) {
    this.#my = my;
    this.#ctx = ctx;
  }

  // oxlint-disable-next-line complexity -- one line for each kind of node, and the compiler knows that none is missing
  async run(program: Program): Promise<unknown> {
    switch (program.op) {
      case 'step':
        return this.#step(program);
      case 'undoable':
        return this.#undoable(program);
      case 'fatal':
        return this.#fatal(program);
      case 'sleep':
        await this.#ctx.sleep(program.ms, program.name);
        this.#my.incarnation.told('timer', program.name, undefined);
        return program.name;
      case 'wait':
      case 'ask':
        return this.#await(program);
      case 'echo':
      case 'send':
        return this.#send(program);
      case 'hear':
        return this.#hear(program);
      case 'hearAny':
        return this.#hearAny(program);
      case 'tell':
        return this.#tell(program);
      case 'call':
      case 'start':
        return this.#child(program);
      case 'limited':
        return this.#limited(program);
      case 'try':
        return this.#try(program.part);
      case 'patch':
        return this.#ctx.patch(program.name) ? this.run(program.part) : 'old path';
      case 'status':
        this.#ctx.status(program.name);
        return program.name;
      default:
        return this.#several(program.op, program.parts);
    }
  }

  async #several(
    op: 'seq' | 'all' | 'settled' | 'parallel' | 'race',
    parts: readonly Program[],
  ): Promise<unknown> {
    if (op === 'seq') {
      const values: unknown[] = [];
      for (const part of parts) values.push(await this.run(part));
      return values;
    }
    if (op === 'parallel') {
      return this.#ctx.parallel(parts.map((part) => (ctx: WorkflowContext) => this.#within(ctx).run(part)));
    }
    const promises = parts.map((part) => this.run(part));
    if (op === 'all') return Promise.all(promises);
    if (op === 'race') return Promise.race(promises).catch((error: unknown) => messageOf(error));
    const outcomes = await Promise.allSettled(promises);
    return outcomes.map((outcome) =>
      outcome.status === 'fulfilled'
        ? settledAs({ isOk: true, value: outcome.value })
        : settledAs({ isOk: false, value: messageOf(outcome.reason) }),
    );
  }

  async #step(node: Extract<Program, { op: 'step' }>): Promise<unknown> {
    const { incarnation, process } = this.#my;
    incarnation.drew(node.name, `${Math.random()} ${Date.now()}`);
    const value = stepValue(node.name, node.size);
    const body = (attempt: number): string => {
      if (attempt <= node.fails) throw new Error(`flaky ${node.name}`);
      return value;
    };
    const got = await this.#ctx.step(
      node.name,
      ({ attempt }) => {
        incarnation.began(node.name, attempt);
        return node.ms === null ? body(attempt) : process.sleep(node.ms).then(() => body(attempt));
      },
      { retry: { initialInterval: node.pauseMs, maximumAttempts: node.fails + 1 } },
    );
    incarnation.told('step', node.name, got);
    return got;
  }

  async #undoable(node: Extract<Program, { op: 'undoable' }>): Promise<unknown> {
    const { incarnation, process } = this.#my;
    const value = stepValue(node.name, 10);
    const got = await this.#ctx.step(
      node.name,
      ({ attempt }) => {
        incarnation.began(node.name, attempt);
        return node.ms === null ? value : process.sleep(node.ms).then(() => value);
      },
      {
        compensate: (_result, { attempt }) => {
          incarnation.began(`compensate ${node.name}`, attempt);
          return node.ms === null ? undefined : process.sleep(node.ms);
        },
      },
    );
    incarnation.told('step', node.name, got);
    return got;
  }

  async #fatal(node: Extract<Program, { op: 'fatal' }>): Promise<unknown> {
    const { incarnation } = this.#my;
    const options = { retry: { initialInterval: 50, maximumAttempts: 3 } };
    return this.#ctx.step(
      node.name,
      ({ attempt }) => {
        incarnation.began(node.name, attempt);
        if (node.tries === 1) throw new NonRetryableError(`fatal ${node.name}`);
        throw new Error(`fatal ${node.name}`);
      },
      options,
    );
  }

  async #await(node: Extract<Program, { op: 'wait' | 'ask' }>): Promise<unknown> {
    const { name, timeoutMs } = node;
    const options = timeoutMs === null ? {} : { timeout: timeoutMs };
    try {
      if (node.op === 'wait') {
        const got = await this.#ctx.waitFor(signal<string>(name), options);
        this.#my.incarnation.told('signal', name, got);
        return got;
      }
      const got = (await this.#ctx.ask(name, { form, ...options })) as { readonly text?: unknown };
      this.#my.incarnation.told('approval', name, got);
      return got.text;
    } catch (error) {
      if (timeoutMs === null || !isTuttiError(error) || error.code !== 'TUTTI_WAIT_TIMEOUT') throw error;
      return 'timed out';
    }
  }

  async #send(node: Extract<Program, { op: 'echo' | 'send' }>): Promise<unknown> {
    const { name } = node;
    const { number } = this.#my.incarnation;
    const to = node.op === 'echo' ? this.#ctx.runId : node.to;
    const payload = node.op === 'echo' ? `echo ${name}` : `from ${number} ${name}`;
    try {
      await this.#ctx.send(to, signal<string>(`${node.op} ${name}`), payload);
      this.#my.incarnation.told('send', `${node.op} ${name}`, undefined);
    } catch (error) {
      const isKnown =
        isTuttiError(error) && ['TUTTI_RUN_NOT_FOUND', 'TUTTI_RUN_FINISHED'].includes(error.code);
      if (!isKnown || node.op === 'echo') throw error;
      return error.code;
    }
    if (node.op === 'send') return 'sent';
    const got = await this.#ctx.waitFor(signal<string>(`echo ${name}`));
    this.#my.incarnation.told('signal', `echo ${name}`, got);
    return got;
  }

  async #hear({ name, word, times, timeoutMs }: Extract<Program, { op: 'hear' }>): Promise<unknown> {
    const { incarnation, hearing, facts } = this.#my;
    const heard: string[] = [];
    try {
      for (let time = 1; time <= times; time += 1) {
        const wait = `${name}.${time}`;
        const told = hearing.begins(word);
        const options = { where: { data: { word: [word] } }, name: wait, ...patience(timeoutMs) } as const;
        const fact = await this.#ctx.waitForEvent(facts!, Fact, options);
        incarnation.told('event', wait, fact);
        told(wait, fact);
        heard.push(fact.data.word);
      }
      return heard;
    } catch (error) {
      if (timeoutMs === null || !isTuttiError(error) || error.code !== 'TUTTI_WAIT_TIMEOUT') throw error;
      return 'timed out';
    }
  }

  async #hearAny({ name, either, timeoutMs }: Extract<Program, { op: 'hearAny' }>): Promise<unknown> {
    const { incarnation, hearing, facts } = this.#my;
    const told = either.map((word) => hearing.begins(word));
    const wants = either.map((word) => [facts!, Fact, { where: { data: { word: [word] } } }] as const);
    try {
      const { which, event } = await this.#ctx.waitForAny(
        Object.fromEntries(wants.map((want, index) => [`${name}.${index}`, want])),
        patience(timeoutMs),
      );
      incarnation.told('event', which, event);
      told[which.endsWith('0') ? 0 : 1]?.(which, event);
      return event.data.word;
    } catch (error) {
      if (timeoutMs === null || !isTuttiError(error) || error.code !== 'TUTTI_WAIT_TIMEOUT') throw error;
      return 'timed out';
    }
  }

  /** In a scope of its own; see `#child`. */
  async #tell({ name, word }: Extract<Program, { op: 'tell' }>): Promise<unknown> {
    const { incarnation, facts } = this.#my;
    await this.#ctx.scope(name, {}, (ctx) =>
      ctx.publish(facts!, Fact({ word, by: `run ${incarnation.number} ${name}` })),
    );
    incarnation.told('publish', name, undefined);
    return `told ${name}`;
  }

  /** In a scope of its own, whose path then tells which node an entry belongs to: the entry itself bears the definition's name. */
  async #child(node: Extract<Program, { op: 'call' | 'start' }>): Promise<unknown> {
    const child = this.#my.codes.get(node.code)!;
    const input = { program: node.part };
    return this.#ctx.scope(node.name, {}, async (ctx) => {
      if (node.op === 'start') {
        const { id } = await ctx.start(child, input);
        this.#my.incarnation.told('start', node.name, id);
        return `started ${node.name}`;
      }
      const got = await ctx.call(child, input);
      this.#my.incarnation.told('child', node.name, got);
      return got;
    });
  }

  async #limited(node: Extract<Program, { op: 'limited' }>): Promise<unknown> {
    const { incarnation } = this.#my;
    const cleanUp = `clean ${node.name}`;
    try {
      return await this.#ctx.scope(node.name, { timeout: node.ms }, (ctx) =>
        this.#within(ctx).run(node.part),
      );
    } catch (error) {
      if (isCancellation(error)) throw error;
      return messageOf(error);
    } finally {
      await this.#ctx.scope('shielded', { cancellable: false }, async (ctx) => {
        const got = await ctx.step(cleanUp, ({ attempt }) => {
          incarnation.began(cleanUp, attempt);
          return cleanUp;
        });
        incarnation.told('step', cleanUp, got);
      });
    }
  }

  async #try(part: Program): Promise<unknown> {
    try {
      return await this.run(part);
    } catch (error) {
      if (isTuttiError(error)) throw error;
      return { caught: messageOf(error) };
    }
  }

  #within(ctx: WorkflowContext): Interpreter {
    return new Interpreter(this.#my, ctx);
  }
}

function patience(timeoutMs: number | null): { readonly timeout?: number } {
  return timeoutMs === null ? {} : { timeout: timeoutMs };
}

function isCancellation(error: unknown): boolean {
  return isTuttiError(error) && ['TUTTI_RUN_CANCELED', 'TUTTI_RUN_TIMEOUT'].includes(error.code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
