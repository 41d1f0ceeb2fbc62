import { readFile } from 'node:fs/promises';
import { validate, type StandardSchema } from '../../base/standard-schema.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { AssetTarget } from '../assets/asset-types.ts';
import { fileTarget } from './file-target.ts';

/**
 * The target of an asset that lies in a JSON file, or in one per partition: `{partition}` in the path stands for the partition's
 * key, with the characters that a file name cannot have escaped as in URLs. What is read must fit the schema.
 *
 * @example asset('orders', { partitions: daily, target: jsonFile('orders/{partition}.json', z.array(Order)) }, make)
 * @throws TUTTI_DEFINITION_INVALID when a partitioned asset has a path without `{partition}`; when read, TUTTI_INPUT_INVALID
 */
export function jsonFile<T>(
  path: string,
  schema: StandardSchema<unknown, T>,
): (partition: string | null) => AssetTarget<T> {
  return (partition) => {
    const file = fileTarget(pathFor(path, partition));
    return {
      name: file.path,
      exists: () => file.exists(),
      read: async () =>
        validate(schema, JSON.parse(await readFile(file.path, 'utf8')), `the content of ${file.path}`),
      write: (value) => file.write(`${JSON.stringify(value)}\n`),
    };
  };
}

function pathFor(path: string, partition: string | null): string {
  if (partition === null) return path;
  if (!path.includes('{partition}')) {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `All partitions would lie in the file ${path}; expected '{partition}' in its path.`,
      { details: { path } },
    );
  }
  // A key that begins with a dot could lead out of the directory, or hide the file.
  return path.replaceAll('{partition}', encodeURIComponent(partition).replace(/^\./, '%2E'));
}
