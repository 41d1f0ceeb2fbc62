/**
 * Which of several workers should have a partition: the one with the highest hash of both names (rendezvous hashing, Thaler
 * and Ravishankar 1998). Everybody computes the same, and when a worker comes or goes only its own partitions move.
 */
export function preferredOwner(partition: string, workers: readonly number[]): number | null {
  let best: number | null = null;
  let bestHash = -1;
  for (const worker of workers) {
    const hash = hashOf(`${worker}/${partition}`);
    if (hash > bestHash || (hash === bestHash && worker > (best ?? 0))) {
      best = worker;
      bestHash = hash;
    }
  }
  return best;
}

/** FNV-1a with MurmurHash3's finalizer: the last characters must move all bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
