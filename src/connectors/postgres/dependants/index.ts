/** Passwords of other servers that a PostgreSQL server keeps itself: in the mappings of its foreign servers, and in its subscriptions. */
import { TargetError, type DependantPlaces } from '../../port.ts';
import { withDatabase } from '../with-database.ts';
import { isMapping, isSubscription, placeOf, postgresPlace } from './place.ts';
import { isInSubscription, putInSubscription } from './subscription.ts';
import { isInMapping, putInMapping } from './user-mapping.ts';

const none = (): never => {
  throw new TargetError('unsupported', 'that place is none');
};

export const postgresDependants: DependantPlaces = {
  place: postgresPlace,
  put: (target, given, value) => {
    const place = placeOf(given);
    return withDatabase(
      target,
      async (database) => {
        if (isSubscription(place)) await putInSubscription(database, place, value);
        else if (isMapping(place)) await putInMapping(database, place, value);
        else none();
      },
      place.database,
    );
  },
  check: (target, given, value) => {
    const place = placeOf(given);
    return withDatabase(
      target,
      async (database) =>
        isSubscription(place)
          ? await isInSubscription(database, place, value)
          : isMapping(place)
            ? await isInMapping(database, place, value)
            : none(),
      place.database,
    );
  },
};
