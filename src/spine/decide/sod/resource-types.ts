import { sql } from '#kit/db/index.ts';
import type { CedarValue, ResourceType } from '#spine/operations/index.ts';

const identityRef = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuids = (ids: readonly string[]): string[] => ids.filter((id) => UUID.test(id));

const sodRuleType: ResourceType = {
  type: 'SodRule',
  attributes: {
    mode: { type: 'String' },
    severity: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity', required: false },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; mode: string; severity: string; ownerId: string | null }>(
      sql`select id, mode, severity, owner_id from sod_rule where id = any(${uuids(ids)}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, mode, severity, ownerId }) => [
        id,
        { mode, severity, ...(ownerId === null ? {} : { owner: identityRef(ownerId) }) },
      ]),
    );
  },
};

const sodExceptionType: ResourceType = {
  type: 'SodException',
  attributes: {
    rule: { type: 'Entity', name: 'SodRule' },
    holder: { type: 'Entity', name: 'Identity' },
    ruleOwner: { type: 'Entity', name: 'Identity', required: false },
    controlOwner: { type: 'Entity', name: 'Identity', required: false },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{
      id: string;
      ruleId: string;
      identityId: string;
      ownerId: string | null;
      controlOwnerId: string | null;
    }>(sql`
      select x.id, x.rule_id, x.identity_id, x.control_owner_id, r.owner_id from sod_exception x join sod_rule r on r.id = x.rule_id
       where x.id = any(${uuids(ids)}::uuid[])`);
    return new Map(
      rows.map(({ id, ruleId, identityId, ownerId, controlOwnerId }) => [
        id,
        {
          rule: { entity: { type: 'SodRule', id: ruleId } },
          holder: identityRef(identityId),
          ...(ownerId === null ? {} : { ruleOwner: identityRef(ownerId) }),
          ...(controlOwnerId === null ? {} : { controlOwner: identityRef(controlOwnerId) }),
        },
      ]),
    );
  },
};

export const sodResources: readonly ResourceType[] = [sodRuleType, sodExceptionType];
