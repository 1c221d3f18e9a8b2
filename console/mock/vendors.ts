import type { Vendor, VendorCompany } from '../src/api/shapes/vendors.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';
import { sendOne } from './requests.ts';

const of = (n: number, name: string, more: Partial<Vendor> = {}): Vendor => ({
  id: id('5f', n),
  name,
  username: `v-${name.split(' ')[0]?.toLowerCase() ?? ''}`,
  employer: 'Acme',
  state: 'active',
  sponsorId: person(0).id,
  sponsorName: person(0).name,
  until: days(24),
  grants: 2,
  sessions: 0,
  waiting: 0,
  lastSessionAt: minutes(-2_900),
  access: null,
  ...more,
});
const hours = (open: boolean): Vendor['access'] => ({
  hours: ['tue 09:00-17:00', 'thu 13:00-17:00'],
  timeZone: 'Europe/Amsterdam',
  site: null,
  open,
  closesAt: open ? minutes(180) : null,
  opensAt: open ? null : minutes(2_000),
});
let vendors: Vendor[] = [
  of(0, 'Sam Lee', { access: hours(true), sessions: 1, lastSessionAt: minutes(-40) }),
  of(1, 'Kim Roe', { access: hours(false), until: days(3) }),
  of(2, 'Ada Falk', { state: 'pre_hire', grants: 0, waiting: 2, lastSessionAt: null }),
  of(3, 'Jo Marsh', { employer: 'Northwind Cranes', sponsorId: person(4).id, sponsorName: person(4).name, grants: 1 }),
];

const companies = (): VendorCompany[] =>
  [...new Set(vendors.map((vendor) => vendor.employer ?? ''))].map((employer) => {
    const people = vendors.filter((vendor) => vendor.employer === employer);
    const ends = people.flatMap(({ until }) => until ?? []).toSorted();
    return {
      employer,
      people: people.length,
      expected: people.filter(({ state }) => state === 'pre_hire').length,
      sponsors: [...new Set(people.flatMap(({ sponsorName }) => sponsorName ?? []))],
      firstEnd: ends[0] ?? null,
      lastEnd: ends.at(-1) ?? null,
      sessions: people.reduce((sum, { sessions }) => sum + sessions, 0),
      lastSessionAt:
        people
          .flatMap(({ lastSessionAt }) => lastSessionAt ?? [])
          .toSorted()
          .at(-1) ?? null,
    };
  });
const named = (vendor: string | undefined): Vendor => {
  const found = vendors.find((one) => one.id === vendor);
  if (found === undefined) throw missing('identity');
  return found;
};

export const vendorRoutes: Routes = {
  'GET /v1/vendor-companies': (ask) => page(companies(), ask),
  'GET /v1/vendors': (ask) =>
    page(
      where(vendors, ask, 'employer', (vendor) => vendor.employer ?? ''),
      ask,
    ),
  'POST /v1/vendors': ({ body }) => {
    const request = sendOne(undefined, typeof body['reason'] === 'string' ? body['reason'] : '');
    return { identityId: id('5f', 9), request, lines: [] };
  },
  'PUT /v1/vendors/{vendor}/hours': ({ params, body }) => {
    const { id: own } = named(params['vendor']);
    const lines = Array.isArray(body['hours']) ? body['hours'].map(String) : [];
    const zone = typeof body['timeZone'] === 'string' ? body['timeZone'] : null;
    const said = { hours: lines, timeZone: zone, site: zone === null ? 'house' : null };
    const access = lines.length === 0 ? null : { ...said, open: true, closesAt: minutes(60), opensAt: null };
    vendors = vendors.map((vendor) => (vendor.id === own ? { ...vendor, access } : vendor));
    return lines.length === 0 ? null : said;
  },
  'POST /v1/vendors/{vendor}/end': ({ params }) => {
    const { id: own } = named(params['vendor']);
    vendors = vendors.filter((vendor) => vendor.id !== own);
    return { id: own };
  },
};
