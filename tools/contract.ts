import { openApi, authorisationList } from '#surfaces/http/index.ts';
import { register } from '#spine/operations/index.ts';
import { listModules } from './list-modules.ts';

/** The contract and the authorisation list: every generated text that follows from the operations, by the file it is kept in. */
export function contractFiles(): Record<string, string> {
  const registry = register(listModules());
  return {
    'contract/openapi.json': `${JSON.stringify(openApi(registry), null, 2)}\n`,
    'test/golden/authorisation.txt': authorisationList(registry),
  };
}
