import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('./failing-disk.c', import.meta.url));

/** Compiles failing-disk.c into the directory; null where there is no compiler, or no Linux. */
export function compileFailingDisk(directory: string): string | null {
  if (process.platform !== 'linux') return null;
  const library = join(directory, 'failing-disk.so');
  const options = ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'];
  const { error, status, stderr } = spawnSync('cc', options);
  if (error !== undefined) return null;
  if (status !== 0) throw new RangeError(`failing-disk.c does not compile: ${stderr.toString()}`);
  return library;
}
