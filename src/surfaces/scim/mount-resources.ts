import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  errorBody,
  etagOf,
  findRow,
  KINDS,
  locationOf,
  namesVersion,
  noResource,
  openPusher,
  readProjection,
  renderRow,
  searchResources,
  writeResource,
  type Change,
  type ResourceKind,
} from '#govern/scim/index.ts';
import { mayRead, mayWrite, outOfScope } from './prove-client.ts';
import { searchOfBody, searchOfQuery, type AskedSearch } from './read-search.ts';
import { spellings, send, type Surface } from './surface.ts';

type Query = Record<string, unknown>;
interface Given {
  Params: { id: string };
  Querystring: Query;
}

/** Users and groups: one route for each line of RFC 7644 §3.2, table 2. */
export function mountResources(surface: Surface): void {
  const { scim } = surface;
  for (const kind of KINDS) {
    for (const url of spellings(kind.endpoint)) {
      scim.get<Given>(url, (request, reply) => list(surface, request, reply, [kind], 'query'));
      scim.post<Given>(url, (request, reply) =>
        write(surface, request, reply, { kind, condition: {}, method: 'POST', data: request.body }),
      );
    }
    for (const url of spellings(`${kind.endpoint}/.search`))
      scim.post<Given>(url, (request, reply) => list(surface, request, reply, [kind], 'body'));
    for (const url of spellings(`${kind.endpoint}/:id`)) mountOne(surface, kind, url);
  }
  // With and without a slash: below a prefix the one stands for both.
  scim.get<Given>('/', (request, reply) => list(surface, request, reply, KINDS, 'query'));
  for (const url of spellings('/.search'))
    scim.post<Given>(url, (request, reply) => list(surface, request, reply, KINDS, 'body'));
}

function mountOne(surface: Surface, kind: ResourceKind, url: string): void {
  const { scim } = surface;
  const at = (request: FastifyRequest<Given>) => ({
    kind,
    id: request.params.id,
    condition: { ifMatch: request.headers['if-match'] },
  });
  scim.get<Given>(url, (request, reply) => show(surface, request, reply, kind));
  scim.put<Given>(url, (request, reply) =>
    write(surface, request, reply, { ...at(request), method: 'PUT', data: request.body }),
  );
  scim.patch<Given>(url, (request, reply) =>
    write(surface, request, reply, { ...at(request), method: 'PATCH', data: request.body }),
  );
  scim.delete<Given>(url, (request, reply) => write(surface, request, reply, { ...at(request), method: 'DELETE' }));
}

async function show(
  surface: Surface,
  request: FastifyRequest<Given>,
  reply: FastifyReply,
  kind: ResourceKind,
): Promise<FastifyReply> {
  const { client, asker } = surface.callerOf(request);
  if (!mayRead(client.scopes, kind)) throw outOfScope(`read ${kind.name}s`);
  const projection = readProjection(request.query['attributes'], request.query['excludedAttributes']);
  const resource = { type: 'ScimClient', id: client.clientId };
  const found = await surface.operator.act(asker, { action: 'scim.query', resource }, async ({ tx }) => {
    const row = await findRow(tx, { sourceId: client.sourceId, type: kind.name, id: request.params.id });
    if (row === undefined) return undefined;
    return { version: row.version, document: await renderRow(tx, row, { base: surface.base, projection }) };
  });
  if (found === undefined) throw noResource(request.params.id);
  reply.header('etag', etagOf(found.version));
  const known = request.headers['if-none-match'];
  if (known !== undefined && namesVersion(known, found.version)) return reply.code(304).send();
  return send(reply, 200, found.document);
}

async function list(
  surface: Surface,
  request: FastifyRequest<Given>,
  reply: FastifyReply,
  kinds: readonly ResourceKind[],
  from: 'query' | 'body',
): Promise<FastifyReply> {
  const { client, asker } = surface.callerOf(request);
  const seen = kinds.filter((kind) => mayRead(client.scopes, kind));
  if (seen.length === 0) throw outOfScope('read this');
  const asked: AskedSearch = from === 'query' ? searchOfQuery(request.query, seen) : searchOfBody(request.body, seen);
  const resource = { type: 'ScimClient', id: client.clientId };
  const answer = await surface.operator.act(asker, { action: 'scim.query', resource }, ({ tx }) =>
    searchResources(tx, client.sourceId, asked.search, { base: surface.base, projection: asked.projection }),
  );
  return send(reply, 200, answer);
}

async function write(
  surface: Surface,
  request: FastifyRequest<Given>,
  reply: FastifyReply,
  change: Change,
): Promise<FastifyReply> {
  const { client, asker } = surface.callerOf(request);
  if (!mayWrite(client.scopes, change.kind)) throw outOfScope(`write ${change.kind.name}s`);
  const projection = readProjection(request.query['attributes'], request.query['excludedAttributes']);
  const resource = { type: 'ScimClient', id: client.clientId };
  // A PATCH answers with the resource only where the client says what of it (RFC 7644 §3.5.2).
  const shows =
    change.method === 'POST' ||
    change.method === 'PUT' ||
    (change.method === 'PATCH' && (projection.only !== undefined || projection.without !== undefined));
  const done = await surface.operator.act(asker, { action: 'scim.push', resource }, async (ctx, permit) => {
    const written = await writeResource(ctx, permit, await openPusher(ctx.tx, client.clientId), change);
    const document =
      shows && written.row !== undefined
        ? await renderRow(ctx.tx, written.row, { base: surface.base, projection })
        : undefined;
    return { written, document };
  });
  const { row, held } = done.written;
  if (held !== undefined) {
    reply.header('reeve-held-run', held.runId);
    return send(reply, 409, { ...errorBody(409, held.detail) });
  }
  if (change.method === 'DELETE') return reply.code(204).send();
  reply.header('etag', etagOf(row.version));
  if (change.method === 'POST') reply.header('location', locationOf(row, surface.base));
  if (done.document === undefined) return reply.code(204).send();
  return send(reply, change.method === 'POST' ? 201 : 200, done.document);
}
