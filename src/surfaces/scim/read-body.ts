import type { FastifyInstance } from 'fastify';
import { refusal } from '#govern/scim/index.ts';

/** How deep JSON may nest; a resource needs four levels, a bulk request of them seven. */
const DEEPEST = 20;

const depthOf = (value: unknown, depth = 0): number => {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
};

/** Lets bodies in that are SCIM's JSON or plain JSON, and no other. An empty one is none: some send a type with it. */
export function readBodies(scim: FastifyInstance): void {
  scim.removeAllContentTypeParsers();
  const parse = scim.getDefaultJsonParser('error', 'error');
  scim.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string' },
    (request, body: string, done) => {
      if (body.trim() === '') {
        done(null, undefined);
        return;
      }
      void parse(request, body, (error, value?: unknown) => {
        if (error !== null) done(refusal('invalidSyntax', 'the body is not valid JSON'));
        else if (depthOf(value) > DEEPEST) done(refusal('invalidSyntax', `the body nests deeper than ${DEEPEST}`));
        else done(null, value);
      });
    },
  );
}
