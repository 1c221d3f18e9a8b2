import { sql, type Queryable, type Tx } from '#kit/db/index.ts';

/**
 * Whether mails carry links that decide. `off`: they lead to the request. `signed_in`: who follows one signs in first.
 * `low_risk`: where everything asked for is of low risk, the link alone decides.
 */
export const LINK_MODES = ['off', 'signed_in', 'low_risk'] as const;

export interface LinkSettings {
  readonly mode: (typeof LINK_MODES)[number];
  /** Hours a link works. */
  readonly hours: number;
}

const SHIPPED: LinkSettings = { mode: 'signed_in', hours: 72 };

export const readLinkSettings = async (db: Queryable): Promise<LinkSettings> =>
  (await db.maybe<LinkSettings>(sql`select mode, hours from decision_link_setting`)) ?? SHIPPED;

export const writeLinkSettings = async (tx: Tx, settings: LinkSettings, by: string): Promise<void> => {
  await tx.run(sql`
    insert into decision_link_setting (mode, hours, changed_at, changed_by)
    values (${settings.mode}, ${settings.hours}, ${tx.now}, ${by})
    on conflict on constraint decision_link_setting_pkey do update
      set mode = excluded.mode, hours = excluded.hours, changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
};
