/** A PostgreSQL cluster that only the gateways reach. */
import { firewallPart, type Isolation } from '../../port.ts';
import { openDatabase } from '../client.ts';
import { loginOf, withDatabase } from '../with-database.ts';
import { hbaPart } from './hba-part.ts';
import { newLogons } from './log-ons.ts';
import { proveCluster } from './prove.ts';

export const isolation: Isolation = {
  parts: (place, plan) => [hbaPart(place, plan), firewallPart(place, plan)],
  prove: (target, plan) => withDatabase(target, (database) => proveCluster(database, plan)),
  lookOut: async (target) => {
    const database = await openDatabase(loginOf(target));
    return { look: (mark) => newLogons(database, mark), close: () => database.close() };
  },
};
