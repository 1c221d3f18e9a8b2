import type { EveryTarget } from '../every-target.ts';
import { domainRecord } from './domain.ts';
import { ldapRecord } from './ldap.ts';
import { linuxRecord } from './linux.ts';
import { mariadbRecord } from './mariadb.ts';
import { postgresRecord } from './postgres.ts';
import type { TargetRecord } from './record.ts';
import { scimRecord } from './scim.ts';

export type { TargetRecord } from './record.ts';

/** Opens the record each of them keeps. */
export const targetRecords = ({ lab, scim }: EveryTarget): Promise<readonly TargetRecord[]> =>
  Promise.all([
    linuxRecord(lab),
    postgresRecord(lab),
    mariadbRecord(lab),
    ldapRecord(lab),
    domainRecord(lab),
    scimRecord(scim),
  ]);
