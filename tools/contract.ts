import { openApi, authorisationList } from '#surfaces/http/index.ts';
import { modules, type ModuleEdges } from '../src/modules.ts';
import { register } from '#spine/operations/index.ts';

/**
 * The contract and the authorisation list, projected from the wiring list without starting anything. Modules only
 * keep the edges they are handed; touching one here is a mistake of that module, and says so.
 */
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

/** Every generated text that follows from the operations, by the file it is kept in. */
export function contractFiles(): Record<string, string> {
  const registry = register(modules(edges));
  return {
    'contract/openapi.json': `${JSON.stringify(openApi(registry), null, 2)}\n`,
    'test/golden/authorisation.txt': authorisationList(registry),
  };
}
