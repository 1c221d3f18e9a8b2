import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { HoursSaid, VendorAsk } from './shapes/vendors.ts';

/** Companies whose people one answers for; all of them for those who run, watch or audit. */
export const companyList = () =>
  pagesOf(['vendors', 'companies'], (cursor, signal) =>
    take(api.GET('/v1/vendor-companies', { params: { query: asQuery<'vendors.companies'>({ cursor }) }, signal })),
  );
/** People of one company, or of all of them. */
export const vendorList = (filter: { readonly employer?: string }) =>
  pagesOf(['vendors', filter], (cursor, signal) =>
    take(api.GET('/v1/vendors', { params: { query: asQuery<'vendors.list'>({ ...filter, cursor }) }, signal })),
  );
export const askForVendor = (body: VendorAsk) => take(api.POST('/v1/vendors', { body }));
export const setVendorHours = (vendor: string, body: HoursSaid) =>
  take(api.PUT('/v1/vendors/{vendor}/hours', { params: { path: { vendor } }, body }));
/** Ends somebody at once. */
export const endVendor = (vendor: string, because: string) =>
  take(api.POST('/v1/vendors/{vendor}/end', { params: { path: { vendor } }, body: { because } }));
