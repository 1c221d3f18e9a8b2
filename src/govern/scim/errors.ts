import { AppError } from '#kit/errors/index.ts';

/** The reasons RFC 7644 §3.12 and RFC 9865 §2.1 name for a refusal. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness';

const snake = (word: string): string => word.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A refusal in SCIM's words: 400, or 409 where a value is somebody else's. Never repeats a value of a person. */
export const refusal = (scimType: ScimType, detail: string, fix?: string): AppError =>
  new AppError({
    code: `scim.${snake(scimType)}`,
    status: scimType === 'uniqueness' ? 409 : 400,
    detail,
    fix,
    extra: { scimType },
  });

/** 404: no such resource of this client. */
export const noResource = (id: string): AppError =>
  new AppError({ code: 'scim.not_found', status: 404, detail: `there is no resource ${id.slice(0, 100)}` });

/** 412: somebody changed the resource since the asker read it. */
export const versionMismatch = (): AppError =>
  new AppError({
    code: 'scim.version_mismatch',
    status: 412,
    detail: 'the resource has another version than the one named',
    fix: 'read it again and repeat the change on what it is now',
  });

/** A refusal as clients are told of it (RFC 7644 §3.12). */
export interface ScimError {
  readonly schemas: readonly string[];
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
}

const UNIQUENESS = new Set(['source.username_taken', 'graph.username_is_one_identitys_at_a_time']);

export const errorBody = (status: number, detail: string, scimType?: string): ScimError => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: String(status),
  ...(scimType === undefined ? {} : { scimType }),
  detail,
});

/** Any refusal of Reeve in SCIM's words; what it calls 422 is 400 there. */
export function scimErrorOf(error: AppError): ScimError {
  const detail = error.fix === undefined ? error.message : `${error.message}: ${error.fix}`;
  if (UNIQUENESS.has(error.code)) return errorBody(409, detail, 'uniqueness');
  const { scimType } = error.extra;
  if (error.status === 422) return errorBody(400, detail, 'invalidValue');
  return errorBody(error.status, detail, typeof scimType === 'string' ? scimType : undefined);
}
