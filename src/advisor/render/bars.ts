const full = '█';
const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of block characters for a value from 0 to 100, padded to `width` characters. */
export function bar(value: number, width: number): string {
  const eighths = Math.round((Math.min(100, Math.max(0, value)) / 100) * width * 8);
  const text = full.repeat(Math.floor(eighths / 8)) + (parts[eighths % 8] ?? '');
  return text.padEnd(width);
}

/** A bar that grows to both sides of a middle line, for a value from −max to +max. */
export function balanceBar(value: number, max: number, half: number): string {
  const length = max === 0 ? 0 : Math.min(half, Math.round((Math.abs(value) / max) * half));
  const blocks = full.repeat(length);
  return value < 0
    ? `${blocks.padStart(half)}│${' '.repeat(half)}`
    : `${' '.repeat(half)}│${blocks.padEnd(half)}`;
}
