import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import type { CedarValue, Module, ResourceType } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { assertPermit, createDecide, PLATFORM, Refusal, type Decision, type Permit, type Question } from './index.ts';
import { builderModule, person } from './testing.ts';

/** Documents in folders in folders, held in memory, that count how often they are loaded. */
const loads: string[] = [];
const rows = new Map<string, Record<string, CedarValue>>();
const ref = (type: string, id: string): CedarValue => ({ entity: { type, id } });
const type = (name: string, attributes: ResourceType['attributes'], within: string[] = []): ResourceType => ({
  type: name,
  attributes,
  within,
  load: async (_tx, ids) => {
    loads.push(`${name} ${ids.join(' ')}`);
    return new Map(
      ids.flatMap((id) => (rows.has(`${name} ${id}`) ? [[id, rows.get(`${name} ${id}`) ?? {}] as const] : [])),
    );
  },
});
const TEXT = { type: 'String', required: false } as const;

const documents: Module = {
  name: 'documents',
  resources: [
    type('Folder', { label: TEXT, parent: { type: 'Entity', name: 'Folder', required: false } }, ['parent']),
    type(
      'Document',
      {
        folder: { type: 'Entity', name: 'Folder', required: false },
        title: TEXT,
        __proto__x: TEXT,
        ['__proto__']: TEXT,
        constructor: TEXT,
      },
      ['folder'],
    ),
  ],
  actions: [
    { action: 'document.weigh', resources: ['Document'], context: { weight: { type: 'Long', required: false } } },
    { action: 'document.copy', resources: ['Document'] },
  ],
  policies: `
    @id("doc.open") @obligation("record, max_seconds=3600")
    permit (principal is Reeve::Identity, action == Reeve::Action::"document.read", resource is Reeve::Document)
    when { principal.state == "active" };

    @id("doc.open_to_administrators") @obligation("max_seconds=600, approval")
    permit (principal, action == Reeve::Action::"document.read", resource is Reeve::Document)
    when { principal.roles.contains("administrator") };

    @id("doc.secret")
    forbid (principal, action == Reeve::Action::"document.read", resource is Reeve::Document)
    when { resource has folder && resource.folder has label && resource.folder.label == "secret" };

    @id("doc.everything")
    permit (principal, action == Reeve::Action::"document.copy", resource);

    @id("doc.in_root")
    permit (principal, action == Reeve::Action::"document.move", resource in Reeve::Folder::"root");

    @id("doc.heavy_fails")
    permit (principal, action == Reeve::Action::"document.weigh", resource is Reeve::Document)
    when { context has weight && context.weight * 4611686018427387904 > 0 };

    @id("doc.odd_names")
    permit (principal, action == Reeve::Action::"document.name", resource is Reeve::Document)
    when { resource has "__proto__" && resource["__proto__"] == "żółw" && !(resource has "toString") && resource has constructor };

    @id("doc.audit")
    permit (principal, action == Reeve::Action::"document.audit", resource is Reeve::Document);

    @id("doc.audit_not_below_closed")
    forbid (principal, action == Reeve::Action::"document.audit", resource is Reeve::Document)
    when { resource has folder.parent.label && resource.folder.parent.label == "closed" };

    @id("doc.workers_scan")
    permit (principal == Reeve::Component::"worker", action == Reeve::Action::"document.scan", resource);`,
};

let house: House;
let lena: string;
let dana: string;
beforeAll(async () => {
  rows.set('Folder root', {});
  rows.set('Folder open', { label: 'open', parent: ref('Folder', 'root') });
  rows.set('Folder secret', { label: 'secret' });
  rows.set('Document d1', { folder: ref('Folder', 'open') });
  rows.set('Document d2', { folder: ref('Folder', 'secret') });
  rows.set('Document d3', { ['__proto__']: 'żółw', constructor: '' });
  rows.set('Document plain', {});
  house = await testHouse(() => [graphModule, builderModule, documents]);
  lena = await person(house, 'Lena');
  dana = await person(house, 'Dana', ['administrator']);
});
afterAll(() => house.close());

const asked = (action: string, id: string, who = lena): Question => ({
  principal: { kind: 'identity', id: who },
  action,
  resource: { type: 'Document', id },
});
const may = (question: Question): Promise<Decision> => house.db.tx((tx) => house.decide.may(tx, question));

describe('a decision', () => {
  it('names the policies that allowed it, and carries the stricter of their obligations', async () => {
    expect(await may(asked('document.read', 'd1'))).toMatchObject({
      allowed: true,
      policies: ['doc.open'],
      obligations: [{ kind: 'max_seconds', value: 3600 }, { kind: 'record' }],
      version: 's1.c0',
    });
    expect(await may(asked('document.read', 'd1', dana))).toMatchObject({
      allowed: true,
      policies: ['doc.open', 'doc.open_to_administrators'],
      obligations: [{ kind: 'approval', value: 1 }, { kind: 'max_seconds', value: 600 }, { kind: 'record' }],
    });
  });

  it('is no wherever one policy forbids, and names that one only', async () => {
    expect(await may(asked('document.read', 'd2', dana))).toMatchObject({
      allowed: false,
      policies: ['doc.secret'],
      obligations: [],
    });
  });

  it('is no for an action nobody declared, even where a policy would allow everything', async () => {
    expect(await may(asked('document.shred', 'd1', dana))).toMatchObject({
      allowed: false,
      policies: [],
      missing: 'action',
    });
  });

  it('is no for a resource or a person that does not exist, even where a policy allows all', async () => {
    expect(await may(asked('document.copy', 'd1'))).toMatchObject({ allowed: true });
    expect(await may(asked('document.copy', 'none'))).toMatchObject({ allowed: false, missing: 'resource' });
    expect(await may(asked('document.copy', 'd1', newId()))).toMatchObject({ allowed: false, missing: 'principal' });
    expect(await may(asked('document.copy', 'd1', 'no uuid'))).toMatchObject({ allowed: false, missing: 'principal' });
    expect(await may({ ...asked('document.copy', 'd1'), resource: { type: 'Nothing', id: 'd1' } })).toMatchObject({
      missing: 'resource',
    });
    expect(await may({ ...asked('document.copy', 'd1'), resource: { type: 'Platform', id: 'other' } })).toMatchObject({
      missing: 'resource',
    });
  });

  it('is no where no policy speaks, and where there are no policies at all', async () => {
    expect(await may(asked('document.scan', 'd1'))).toMatchObject({ allowed: false, policies: [] });
    const bare = createDecide(() => [
      { ...graphModule, policies: '' },
      { name: 'bare', actions: [{ action: 'thing.do' }] },
    ]);
    const question = { principal: { kind: 'identity', id: dana } as const, action: 'thing.do', resource: PLATFORM };
    const decision = await house.db.tx((tx) => bare.may(tx, question));
    expect(decision).toMatchObject({ allowed: false, policies: [] });
    expect(decision.missing).toBeUndefined();
  });

  it('counts a policy that fails for nothing, and names it', async () => {
    const heavy = (weight: number): Question => ({ ...asked('document.weigh', 'd1'), context: { weight } });
    expect(await may(heavy(1))).toMatchObject({ allowed: true, errors: [] });
    expect(await may(heavy(2))).toMatchObject({ allowed: false, policies: [], errors: ['doc.heavy_fails'] });
  });

  it('reads attribute names that mean something to JavaScript as nothing but names, and texts of any script', async () => {
    expect(await may(asked('document.name', 'd3'))).toMatchObject({ allowed: true, errors: [] });
    expect(await may(asked('document.name', 'plain'))).toMatchObject({ allowed: false, errors: [] });
    const context = JSON.parse('{"__proto__": {"weight": 1}, "constructor": "x"}') as Record<string, unknown>;
    expect(await may({ ...asked('document.weigh', 'd1'), context })).toMatchObject({ allowed: false, errors: [] });
    expect(({} as Record<string, unknown>)['weight']).toBeUndefined();
  });

  it('is made for parts of Reeve by the same policies as for people', async () => {
    const scan = (id: string): Question => ({ ...asked('document.scan', 'd1'), principal: { kind: 'component', id } });
    expect(await may(scan('worker'))).toMatchObject({ allowed: true, policies: ['doc.workers_scan'] });
    expect(await may(scan('gateway'))).toMatchObject({ allowed: false });
    expect(await may({ ...scan('worker'), principal: { kind: 'identity', id: 'worker' } })).toMatchObject({
      allowed: false,
    });
    expect(
      await may({ ...asked('document.read', 'd1'), principal: { kind: 'anonymous', id: 'anonymous' } }),
    ).toMatchObject({ allowed: false });
  });

  it('refuses a context that Cedar could not hold instead of guessing', async () => {
    for (const weight of [1.5, Number.NaN, 2 ** 60, '\ud800']) {
      await expect(may({ ...asked('document.weigh', 'd1'), context: { weight } })).rejects.toThrow(/integer|Unicode/);
    }
  });
});

describe('what a decision looks at', () => {
  it('follows containers as far up as they go', async () => {
    expect(await may(asked('document.move', 'd1'))).toMatchObject({ allowed: true, policies: ['doc.in_root'] });
    expect(await may(asked('document.move', 'd2'))).toMatchObject({ allowed: false });
  });

  it('loads what a policy on the action looks behind, and nothing else', async () => {
    loads.length = 0;
    await may(asked('document.copy', 'd1'));
    expect(loads).toEqual(['Document d1']);
    loads.length = 0;
    await may(asked('document.read', 'd1'));
    expect(loads).toEqual(['Document d1', 'Folder open']);
  });

  it('reaches as far as a policy looks, so that no forbid is passed over for want of data', async () => {
    rows.set('Folder closed', { label: 'closed' });
    rows.set('Folder below', { parent: ref('Folder', 'closed') });
    rows.set('Document deep', { folder: ref('Folder', 'below') });
    expect(await may(asked('document.audit', 'd1'))).toMatchObject({ allowed: true, errors: [] });
    expect(await may(asked('document.audit', 'deep'))).toMatchObject({
      allowed: false,
      policies: ['doc.audit_not_below_closed'],
    });
  });

  it('is not decided on when a loader breaks what its type declares', async () => {
    for (const row of [{ title: 3 }, { folder: 'open' }, { folder: ref('Document', 'd1') }] as const) {
      rows.set('Document broken', row);
      await expect(may(asked('document.copy', 'broken'))).rejects.toThrow(
        /another type of (title|folder) than it declares/,
      );
    }
  });

  it('is loaded once for many resources, with one answer each in their order', async () => {
    loads.length = 0;
    const decisions = await house.db.tx((tx) =>
      house.decide.mayMany(
        tx,
        { kind: 'identity', id: lena },
        'document.read',
        ['d2', 'd1', 'none', 'plain'].map((id) => ({ type: 'Document', id })),
      ),
    );
    expect(decisions.map((d) => d.allowed)).toEqual([false, true, false, true]);
    expect(new Set(decisions.map((d) => d.id)).size).toBe(4);
    expect(loads).toEqual(['Document d2 d1 none plain', 'Folder secret open']);
  });

  it('is read anew in every transaction', async () => {
    rows.set('Document moving', { folder: ref('Folder', 'open') });
    expect(await may(asked('document.read', 'moving'))).toMatchObject({ allowed: true });
    rows.set('Document moving', { folder: ref('Folder', 'secret') });
    expect(await may(asked('document.read', 'moving'))).toMatchObject({ allowed: false });
  });
});

describe('a permit', () => {
  const give = <T>(work: (permit: Permit<'document.read'>, tx: Tx) => T | Promise<T>): Promise<T> =>
    house.db.tx(async (tx) => {
      const question = { ...asked('document.read', 'd1'), action: 'document.read' as const };
      return await work((await house.decide.permit(tx, question)).permit, tx);
    });
  const refusal = async (question: Question, options?: { hidden: boolean }): Promise<Refusal> => {
    const thrown = await house.db
      .tx((tx) => house.decide.permit(tx, question, options))
      .catch((error: unknown) => error);
    if (!(thrown instanceof Refusal)) throw new Error('it was not refused');
    return thrown;
  };

  it('is good for its action, its resource and its transaction, and for nothing else', async () => {
    const kept = await give((permit, tx) => {
      expect(() =>
        assertPermit(permit, 'document.read', { resource: { type: 'Document', id: 'd1' }, tx }),
      ).not.toThrow();
      expect(() => assertPermit(permit, 'document.write')).toThrow(/used for document.write/);
      expect(() => assertPermit(permit, 'document.read', { resource: { type: 'Document', id: 'd2' } })).toThrow(
        /another resource/,
      );
      return permit;
    });
    await give((_, tx) => {
      expect(() => assertPermit(kept, 'document.read', { tx })).toThrow(/outside its transaction/);
    });
  });

  it('cannot be made, copied or changed by anybody else', async () => {
    const permit = await give((p) => p);
    const copies = [{ ...permit }, Object.create(permit) as Permit, JSON.parse(JSON.stringify(permit)) as Permit];
    for (const copy of copies) expect(() => assertPermit(copy, 'document.read')).toThrow(/no permit/);
    expect(() => Object.assign(permit, { action: 'document.write' })).toThrow(/read only/);
  });

  it('is refused with a reason that carries what must be recorded', async () => {
    const question = asked('document.read', 'd2');
    const thrown = await refusal(question);
    expect(thrown).toMatchObject({
      status: 403,
      code: 'policy.denied',
      question,
      decision: { allowed: false, policies: ['doc.secret'] },
    });
    expect(thrown.message).toBe('document.read on document d2 is forbidden by policy doc.secret');
    expect((await refusal(asked('document.scan', 'd1'))).message).toBe('no policy allows document.scan on document d1');
    expect(await refusal(asked('document.shred', 'd1'))).toMatchObject({ status: 403, code: 'policy.unknown_action' });
  });

  it('is refused as not found where the asker may not know, word for word as if it were not there', async () => {
    const hidden = await refusal(asked('document.read', 'd2'), { hidden: true });
    const absent = await refusal(asked('document.read', 'none'));
    expect(hidden).toMatchObject({ status: 404, code: 'document.not_found', fix: undefined, extra: {} });
    expect(hidden.message.replace('d2', 'none')).toBe(absent.message);
    expect({ ...hidden, question: 0, decision: 0 }).toEqual({ ...absent, question: 0, decision: 0 });
  });
});
