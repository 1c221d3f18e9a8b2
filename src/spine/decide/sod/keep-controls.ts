import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { getIdentities } from '#spine/graph/index.ts';

/** A control that can make up for a conflict with a rule: who sees to it, and every how many days it has to have run. */
export interface SodControl {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly everyDays: number;
}
export type ControlInput = Omit<SodControl, 'id'>;

/** Throws 422 where an owner is nobody or a control is named twice. */
export const requireControls = async (tx: Tx, controls: readonly ControlInput[]): Promise<void> => {
  const known = new Set(
    (
      await getIdentities(
        tx,
        controls.map((c) => c.ownerId),
      )
    ).map((i) => i.id),
  );
  const names = controls.map((c) => c.name.toLowerCase());
  for (const [i, control] of controls.entries()) {
    if (!known.has(control.ownerId))
      throw invalid(`/controls/${i}/ownerId`, 'there is no such identity', 'name somebody who is known');
    if (names.indexOf(control.name.toLowerCase()) !== i)
      throw invalid(`/controls/${i}/name`, `the control "${control.name}" is there twice`, 'name it once');
  }
};

/** Makes these the controls of a rule. One of the same name is the same; one no longer named ends, and exceptions that rest on it keep its words. */
export const writeControls = async (tx: Tx, ruleId: string, controls: readonly ControlInput[]): Promise<void> => {
  const names = controls.map((c) => c.name.toLowerCase());
  await tx.run(sql`
    update sod_control set valid_to = greatest(reeve_now(), valid_from + interval '1 millisecond')
     where rule_id = ${ruleId} and valid_to is null and not lower(name) = any(${sql.array(names)}::text[])`);
  for (const { name, ownerId, everyDays } of controls) {
    const known = await tx.run(sql`
      update sod_control set name = ${name}, owner_id = ${ownerId}, every_days = ${everyDays}
       where rule_id = ${ruleId} and valid_to is null and lower(name) = lower(${name})`);
    if (known > 0) continue;
    await tx.run(sql`
      insert into sod_control (id, rule_id, name, owner_id, every_days)
      values (${newId()}, ${ruleId}, ${name}, ${ownerId}, ${everyDays})`);
  }
};

/** A control of a rule, while it is one. */
export const findControl = (tx: Tx, ruleId: string, id: string): Promise<SodControl | undefined> =>
  tx.maybe(sql`
    select id, name, owner_id, every_days from sod_control where rule_id = ${ruleId} and id = ${id} and valid_to is null`);
