/** Tasks that wait for a slot: the highest priority first, among equals the one that has waited longest. */
export class ReadyQueue<T> {
  /** One line per priority in use, highest first; there are few of them. */
  readonly #lines: { readonly priority: number; readonly items: T[]; next: number }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T, priority: number): void {
    this.#size += 1;
    this.#line(priority).items.push(item);
  }

  take(): T | undefined {
    const [line] = this.#lines;
    if (line === undefined) return undefined;
    const item = line.items[line.next];
    line.next += 1;
    this.#size -= 1;
    if (line.next === line.items.length) this.#lines.shift();
    return item;
  }

  clear(): void {
    this.#lines.length = 0;
    this.#size = 0;
  }

  #line(priority: number): { readonly items: T[] } {
    const at = this.#lines.findIndex((line) => line.priority <= priority);
    const found = at === -1 ? undefined : this.#lines[at];
    if (found?.priority === priority) return found;
    const line = { priority, items: [], next: 0 };
    this.#lines.splice(at === -1 ? this.#lines.length : at, 0, line);
    return line;
  }
}
