export {
  eligibilitiesAmong,
  eligibilitiesFor,
  eligibleNow,
  ELIGIBILITY,
  type Eligibility,
  type Eligible,
} from './read-eligibility.ts';
export { followWhatItIsFor, layOutEligibility, makeEligibility } from './make-eligibility.ts';
export { activeWindows, windowsWithoutEligibility, type ActiveWindow } from './active-windows.ts';
