import { statSync } from 'node:fs';
import { findDamage } from '../../stores/sqlite/index.ts';
import type { StoreDirectory } from '../store-directory.ts';
import { fine, type Finding } from './finding.ts';

/** Whether the file is a sound database. Opens it for reading only, beside a running engine if there is one. */
export async function checkStore(data: StoreDirectory): Promise<readonly Finding[]> {
  if (!data.hasStore()) {
    return [
      {
        check: 'store',
        result: 'warning',
        finding: `there is none at ${data.store}`,
        remedy: 'Start an engine, which creates it, or point --store to the right place.',
      },
    ];
  }
  const kibibytes = Math.ceil(statSync(data.store).size / 1024);
  let problems: readonly string[];
  try {
    problems = findDamage(data.store);
  } catch (error) {
    return [
      {
        check: 'store',
        result: 'failed',
        finding: `${data.store} cannot be opened: ${String(error)}`,
        remedy: 'Point --store to a database of Tutti, or give this user permission to read it.',
      },
    ];
  }
  const found = fine('store', `${data.store} (${kibibytes} KiB)`);
  if (problems.length === 0) return [found, fine('integrity', 'no damage')];
  return [
    found,
    {
      check: 'integrity',
      result: 'failed',
      finding: problems.join('; '),
      remedy: 'Stop the engine, keep a copy of the file, and restore a backup.',
    },
  ];
}
