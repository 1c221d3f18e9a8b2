import { api, take } from './client.ts';
import type { Out } from './shapes/of-contract.ts';
import type { operations } from './schema.gen.ts';

export type ImportLine = Out<'vault.import'>['lines'][number];
type Body<O extends keyof operations> = operations[O] extends {
  requestBody?: { content: { 'application/json': infer T } };
}
  ? T
  : never;
export type FileImport = Body<'vault.import'>;
export type EndpointImport = Body<'vault.importFromKv'>;

export const importFile = (body: FileImport) => take(api.POST('/v1/vault/import', { body }));

/** Reads an endpoint to its end, a part at a time, and says after each how far it came. */
export const importEndpoint = async (
  body: EndpointImport,
  came: (lines: readonly ImportLine[], next: string | null) => void,
): Promise<void> => {
  let after = body.after;
  do {
    const part = await take(
      api.POST('/v1/vault/import/kv', { body: { ...body, ...(after === undefined ? {} : { after }) } }),
    );
    came(part.lines, part.next);
    after = part.next ?? undefined;
  } while (after !== undefined);
};
