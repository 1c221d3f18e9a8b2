import type { paths } from '../schema.gen.ts';
import type { Item } from './of-contract.ts';

/** A company people from outside work for. */
export type VendorCompany = Item<'vendors.companies'>;
/** Somebody from outside who has not left. */
export type Vendor = Item<'vendors.list'>;
/** Whom one asks for, what they are to reach, and when. */
export type VendorAsk = paths['/v1/vendors']['post']['requestBody']['content']['application/json'];
/** When in a week they may come in; no hours: at any time. */
export type HoursSaid = paths['/v1/vendors/{vendor}/hours']['put']['requestBody']['content']['application/json'];
