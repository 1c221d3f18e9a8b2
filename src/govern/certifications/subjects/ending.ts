/** The job that goes on with every revocation under way. */
export const SEE_THROUGH = 'certifications.see_through';

/** What a revocation under way is about, and who signed it. */
export interface Ending {
  readonly id: string;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly grantId: string | null;
  readonly identityId: string | null;
  readonly roleContentId: string | null;
  readonly accountId: string | null;
  readonly entitlementId: string | null;
  readonly exceptionId: string | null;
  readonly action: string | null;
  readonly decidedBy: string | null;
  /** Whoever signed it, or where nobody answered, whoever runs the campaign. */
  readonly by: string;
  readonly signedAt: Date;
  readonly problem: string | null;
}
