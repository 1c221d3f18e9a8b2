import { sql, type Sql } from '#kit/db/index.ts';
import type { Seat, Seated } from './reviewing/seated.ts';

/**
 * Ids in the order of what is under review, the same whenever the same campaign is frozen: milliseconds of the instant,
 * the position `x.n`, and a digest. So a page of a million items is a walk along one index.
 */
export const itemId = (campaign: Pick<Seated, 'id'>, at: Date, subject: Sql, { stage, seat }: Seat): Sql => sql`(
  lpad(to_hex(${at.getTime()}::bigint), 12, '0') || '7' || lpad(to_hex(x.n >> 12), 3, '0') || '8' || lpad(to_hex(x.n & 4095), 3, '0')
  || substr(md5(${campaign.id}::text || ${subject} || ${stage === 1 && seat === 1 ? '' : `${stage}.${seat}`}::text), 1, 12))::uuid`;
