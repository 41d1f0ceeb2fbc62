/**
 * Those who use the system: they start runs, answer what is asked, change their minds, and remember what they were told.
 *
 * Owns: what was acknowledged. A person who hears nothing, or that a write may have failed, asks the store's own books (the
 * model) whether it arrived, and tries again only if not: trying again blindly would hide a wake-up that was lost.
 */
import { isTuttiError, type Client } from '../../src/index.ts';
import { isFinal, type WaitRecord } from '../../src/engine/index.ts';
import type { Cluster } from './cluster.ts';
import type { Draw } from './draw.ts';
import type { Model, ModelRun } from './model.ts';
import { ProgramGenerator, type CodeName, type Program } from './program.ts';
import type { StoreServer } from './store-server.ts';
import type { World } from './world.ts';

/** How long a person waits for an answer. Milliseconds. */
const patienceMs = 4_000;
const choreEveryMs = 400;

export interface Order {
  readonly id: string;
  readonly code: CodeName;
  readonly program: Program;
  readonly startAt: number;
  readonly timeoutMs: number | null;
  readonly delayMs: number;
}

/** Something a person was told has happened. */
export interface Acknowledged {
  readonly id: string;
  readonly generation: number;
}

type Reply<T> =
  | { readonly is: 'told'; readonly value: T }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'unknown' };

export interface PeopleOptions {
  readonly world: World;
  readonly draw: Draw;
  readonly cluster: Cluster;
  readonly server: StoreServer;
  readonly model: Model;
  /** Until when faults happen. Milliseconds since the beginning. */
  readonly stormMs: number;
  /** What facts are about that programs tell and hear; none for no facts. */
  readonly words: readonly string[];
}

export class People {
  readonly acknowledged: Acknowledged[] = [];
  readonly orders: readonly Order[];
  readonly #options: PeopleOptions;
  readonly #draw: Draw;
  readonly #busy = new Set<string>();
  #open: number;

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#draw = options.draw;
    this.orders = drawOrders(options);
    this.#open = this.orders.length;
  }

  /** Whether everything they wanted was acknowledged or refused. */
  get areDone(): boolean {
    return this.#open === 0 && this.#busy.size === 0;
  }

  start(): void {
    for (const order of this.orders) void this.#order(order);
    this.#chores();
  }

  async #order(order: Order): Promise<void> {
    const { world } = this.#options;
    await world.sleep(order.startAt);
    await this.#start(order);
    this.#open -= 1;
    const draw = this.#draw.stream(order.id);
    if (draw.chance(0.3)) await this.#again(order, draw);
    for (const whim of ['cancel', 'pause', 'early'] as const) {
      if (draw.chance({ cancel: 0.1, pause: 0.2, early: 0.3 }[whim])) void this.#whim(order, whim, draw);
    }
  }

  async #start(order: Order): Promise<void> {
    const { world } = this.#options;
    for (let tries = 0; ; tries += 1) {
      const startOptions = {
        id: order.id,
        onConflict: tries === 0 ? ('refuse' as const) : ('attach' as const),
        ...(order.timeoutMs === null ? {} : { timeoutMs: order.timeoutMs }),
        ...(order.delayMs === 0 ? {} : { at: world.clock.now() + order.delayMs }),
      };
      const reply = await this.#ask(`start ${order.id}`, (client) =>
        client.startRun(order.code, { program: order.program }, startOptions),
      );
      if (reply.is === 'told') return this.#acknowledge(reply.value);
      if (reply.is === 'refused')
        return world.violate('I1', `the start of ${order.id} was refused with ${reply.code}`);
      await world.sleep(this.#draw.between(50, 1_500));
    }
  }

  /** The same id once more: never a second open run. */
  async #again(order: Order, draw: Draw): Promise<void> {
    await this.#options.world.sleep(draw.between(0, 10_000));
    const onConflict = draw.pick(['refuse', 'attach', 'restart', 'restartFailed'] as const);
    const reply = await this.#ask(`${onConflict} ${order.id}`, (client) =>
      client.startRun(order.code, { program: order.program }, { id: order.id, onConflict }),
    );
    if (reply.is === 'told') this.#acknowledge(reply.value);
  }

  #acknowledge({ id, generation }: Acknowledged): void {
    this.acknowledged.push({ id, generation });
    if (!this.#options.model.generations(id).some((run) => run.first.generation === generation))
      this.#options.world.violate('I1', `run ${id}@${generation} was acknowledged and is not in the store`);
  }

  async #whim({ id, program }: Order, whim: 'cancel' | 'pause' | 'early', draw: Draw): Promise<void> {
    await this.#options.world.sleep(draw.between(0, 8_000));
    if (whim === 'cancel') await this.#ask(`cancel ${id}`, (client) => client.cancelRun(id, 'a whim'));
    if (whim === 'pause') await this.#ask(`pause ${id}`, (client) => client.pauseRun(id, 'a whim'));
    if (whim === 'early') {
      for (const name of waitsOf(program)) await this.#signal(this.#newest(id), name);
    }
  }

  // --- chores: what somebody must do, so that runs can end ---

  #chores(): void {
    const { world } = this.#options;
    void this.#look().then(() => world.after(choreEveryMs, () => this.#chores()));
  }

  async #look(): Promise<void> {
    const { server, model, world, stormMs } = this.#options;
    const isCalm = world.elapsed > stormMs;
    for (const wait of await server.store.listWaits({})) {
      const isWanted = wait.deadline === null || this.#draw.chance(0.1);
      if (isWanted && (isCalm || this.#draw.chance(0.3))) this.#serve(wait);
    }
    for (const run of model.runs.values()) {
      if (run.state === 'paused' && (isCalm || this.#draw.chance(0.1))) this.#resume(run);
      if (run.state === 'failed' && !isCalm && this.#draw.chance(0.02)) this.#retry(run);
    }
  }

  #serve(wait: WaitRecord): void {
    const run = this.#options.model.runs.get(wait.run);
    if (run === undefined || wait.name.startsWith('echo ')) return;
    if (wait.kind === 'signal') this.#once(`${wait.run}${wait.key}`, () => this.#signal(run, wait.name));
    if (wait.kind === 'approval') this.#once(`${wait.run}${wait.key}`, () => this.#answer(run, wait));
  }

  async #signal(run: ModelRun | undefined, name: string): Promise<void> {
    if (run === undefined || isFinal(run.state) || this.#hasArrived(run, 'signal', name)) return;
    const { id } = run.first;
    const before = this.#countSignals(id, name);
    const reply = await this.#ask(`signal ${id} ${name}`, (client) =>
      client.sendSignal(id, name, `for ${name}`),
    );
    if (reply.is === 'told' && this.#countSignals(id, name) <= before)
      this.#options.world.violate('I1', `signal ${name} to ${id} was acknowledged and is not in the store`);
  }

  async #answer(run: ModelRun, wait: WaitRecord): Promise<void> {
    if (isFinal(run.state) || this.#hasArrived(run, 'answer', wait.key)) return;
    const approval = `${run.first.id}:${wait.key}`;
    const reply = await this.#ask(`answer ${approval}`, (client) =>
      client.answerApproval(approval, { text: `for ${wait.name}` }, 'ann'),
    );
    if (reply.is === 'told' && !this.#hasArrived(run, 'answer', wait.key))
      this.#options.world.violate('I1', `the answer to ${approval} was acknowledged and is not in the store`);
  }

  #resume(run: ModelRun): void {
    const { server, world } = this.#options;
    const { number, id } = run.first;
    this.#once(`resume ${number}`, async () => {
      const record = await server.store.getRun(number);
      if (record?.state !== 'paused') return;
      if (!String(record.result).includes('TUTTI_RUN_PAUSED'))
        return world.violate('outcome', `run ${number} (${id}) paused by itself: ${String(record.result)}`);
      await this.#ask(`resume ${id}`, (client) => client.resumeRun(id));
    });
  }

  #retry(run: ModelRun): void {
    const { id, parent } = run.first;
    if (parent !== null || this.#newest(id) !== run) return;
    this.#once(`retry ${id}`, async () => {
      const reply = await this.#ask(`retry ${id}`, (client) =>
        client.retryRun(id, { fromStart: this.#draw.chance(0.3) }),
      );
      if (reply.is === 'told') this.#acknowledge(reply.value);
    });
  }

  /** One at a time of each kind. */
  #once(what: string, work: () => Promise<void>): void {
    if (this.#busy.has(what)) return;
    this.#busy.add(what);
    void work().then(() => this.#busy.delete(what));
  }

  #hasArrived(run: ModelRun, kind: 'signal' | 'answer', name: string): boolean {
    const { number } = run.first;
    return (
      this.#options.model.accepted(
        ({ send }) => send.run === number && send.kind === kind && send.name === name,
      ).length > 0
    );
  }

  /** How many of these signals arrived at any generation: by the time the sender is told another may have followed. */
  #countSignals(id: string, name: string): number {
    const numbers = new Set(this.#options.model.generations(id).map((run) => run.first.number));
    return this.#options.model.accepted(
      ({ send }) => send.kind === 'signal' && send.name === name && numbers.has(send.run),
    ).length;
  }

  #newest(id: string): ModelRun | undefined {
    return this.#options.model.generations(id).at(-1);
  }

  async #ask<T>(what: string, work: (client: Client) => Promise<T>): Promise<Reply<T>> {
    const { world, cluster } = this.#options;
    const client = cluster.client(this.#draw);
    if (client === null) return { is: 'unknown' };
    world.trace('', `wants: ${what}`);
    const reply = await Promise.race([
      work(client).then(
        (value): Reply<T> => ({ is: 'told', value }),
        (error: unknown): Reply<T> => this.#refusal(error),
      ),
      world.sleep(patienceMs).then((): Reply<T> => ({ is: 'unknown' })),
    ]);
    world.trace('', `${reply.is}${reply.is === 'refused' ? ` (${reply.code})` : ''}: ${what}`);
    return reply;
  }

  #refusal<T>(error: unknown): Reply<T> {
    if (!isTuttiError(error)) {
      this.#options.world.violate('sim', `a client was told an untyped error: ${String(error)}`);
      return { is: 'unknown' };
    }
    return error.code.startsWith('TUTTI_STORE_') ? { is: 'unknown' } : { is: 'refused', code: error.code };
  }
}

function drawOrders({ draw, stormMs, words }: PeopleOptions): readonly Order[] {
  const count = draw.between(2, 7);
  const ids = Array.from({ length: count }, (_, index) => `r${index + 1}`);
  return ids.map((id) => {
    const own = draw.stream(`order ${id}`);
    const targets = [...ids, 'nobody'];
    const generator = new ProgramGenerator(own, { targets, budget: own.between(3, 14), words });
    return {
      id,
      code: own.chance(0.8) ? 'strict' : 'batched',
      program: generator.whole(),
      startAt: own.between(0, stormMs * 0.7),
      timeoutMs: own.chance(0.1) ? own.between(500, 15_000) : null,
      delayMs: own.chance(0.1) ? own.between(1, 5_000) : 0,
    };
  });
}

/** Names of the signals that the run itself waits for, not its children. */
function waitsOf(program: Program): readonly string[] {
  if (program.op === 'wait') return [program.name];
  if (program.op === 'call' || program.op === 'start') return [];
  if ('parts' in program) return program.parts.flatMap(waitsOf);
  return 'part' in program ? waitsOf(program.part) : [];
}
