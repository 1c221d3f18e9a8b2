import type { Module } from '#spine/operations/index.ts';
import { modules, type ModuleEdges } from '../src/modules.ts';

/** Modules only keep the edges they are handed; touching one while they are listed is a mistake of that module, and says so. */
const nothing = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_target, property) => {
      throw new Error(`a module used ${name}.${String(property)} while it was only being listed`);
    },
  });

const edges: ModuleEdges = {
  db: nothing('db'),
  keys: nothing('keys'),
  rings: nothing('rings'),
  places: { rootKeyFile: 'root.key' },
  node: 'none',
  decide: nothing('decide'),
  targets: nothing('targets'),
  recordings: nothing('recordings'),
  judgeAgain: nothing('judgeAgain'),
  outbound: nothing('outbound'),
  publicUrl: 'http://localhost:8470',
  webGateway: { originOf: (site) => `https://${site}.web.localhost:8472`, certificate: async () => null },
  postgresGateway: { host: 'localhost', port: 5470, certificate: nothing('certificate') },
  mysqlGateway: { host: 'localhost', port: 5471, certificate: nothing('certificate') },
};

/** The wiring list without anything started, to be read. */
export const listModules = (): readonly Module[] => modules(edges);
