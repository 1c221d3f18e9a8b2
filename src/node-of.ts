import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#kit/config/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Metric } from '#kit/metrics/index.ts';
import manifest from '../package.json' with { type: 'json' };

/** This process among those Reeve consists of. */
export interface ThisNode {
  readonly id: string;
  /** Of its machine. */
  readonly name: string;
  readonly roles: Config['roles'];
  readonly version: string;
  /** As sessions and keys name it: machine and process. */
  readonly node: string;
  /** What it is, for whoever watches from outside. */
  measure(): readonly Metric[];
}

export function nodeOf({ roles }: Pick<Config, 'roles'>): ThisNode {
  const [id, name, version] = [newId(), hostname(), manifest.version];
  return {
    id,
    name,
    roles,
    version,
    node: `${name}/${id}`,
    measure: () => [
      {
        name: 'reeve_node_info',
        kind: 'gauge',
        help: 'What this process is.',
        values: [{ labels: { node: id, version, roles: roles.join(',') }, value: 1 }],
      },
    ],
  };
}

/**
 * A node that is no API beginning a database of its own would be a Reeve nobody can reach, beside the one that was
 * meant. Throws `node.no_database`.
 */
export function refuseWithoutDatabase({ roles, dataDir }: Pick<Config, 'roles' | 'dataDir'>): void {
  if (roles.includes('api') || existsSync(join(dataDir, 'postgres'))) return;
  throw new AppError({
    code: 'node.no_database',
    status: 500,
    detail: `this node is ${roles.join(' and ')} only, and was not told where the database of Reeve is`,
    fix: 'set database_url to the one its api nodes use',
  });
}
