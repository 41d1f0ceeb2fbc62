import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { StoreDirectory } from '../store-directory.ts';
import { fine, type Finding } from './finding.ts';

const nodeMajorMin = 24;
const mebibyte = 1024 * 1024;
const freeWarnBytes = 1024 * mebibyte;
const freeFailBytes = 64 * mebibyte;
const fsyncSamples = 50;
const fsyncWarnMs = 20;

/** Whether this Node suffices. */
export function checkNode(): Finding {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) >= nodeMajorMin) return fine('node', version);
  return {
    check: 'node',
    result: 'failed',
    finding: version,
    remedy: `Install Node.js ${nodeMajorMin} or later.`,
  };
}

/** Whether the disk of the store has room. */
export function checkDisk(data: StoreDirectory): Finding {
  const { bavail, bsize } = statfsSync(existingPart(data.directory));
  const freeBytes = bavail * bsize;
  const finding = `${Math.floor(freeBytes / mebibyte)} MiB free`;
  if (freeBytes >= freeWarnBytes) return fine('disk', finding);
  const result = freeBytes < freeFailBytes ? 'failed' : 'warning';
  return {
    check: 'disk',
    result,
    finding,
    remedy: 'Free space or enlarge the disk; a full one stops all runs until there is room.',
  };
}

/** How long the disk takes to make a write durable; every acknowledgement waits for one. */
export function checkFsync(data: StoreDirectory, clock: Clock): Finding {
  const check = 'fsync';
  const path = join(existingPart(data.directory), `.tutti-fsync-${process.pid}`);
  let meanMs: number;
  try {
    meanMs = measureFsync(path, clock);
  } catch (error) {
    return {
      check,
      result: 'failed',
      finding: `cannot write to ${dirname(path)}: ${String(error)}`,
      remedy: 'Give this user permission to write there.',
    };
  }
  const finding = `${meanMs.toFixed(2)} ms (mean of ${fsyncSamples})`;
  if (meanMs < fsyncWarnMs) return fine(check, finding);
  const remedy = 'Put the store on a local SSD; every step of a run waits for the disk at least once.';
  return { check, result: 'warning', finding, remedy };
}

/** Many in a row, since the clock counts whole milliseconds. */
function measureFsync(path: string, clock: Clock): number {
  const file = openSync(path, 'wx', 0o600);
  const page = 'x'.repeat(4096);
  try {
    const start = clock.now();
    for (let sample = 0; sample < fsyncSamples; sample += 1) {
      writeSync(file, page);
      fsyncSync(file);
    }
    return (clock.now() - start) / fsyncSamples;
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

/** The directory itself, or the nearest one above it that exists. */
function existingPart(directory: string): string {
  return existsSync(directory) ? directory : existingPart(dirname(directory));
}
