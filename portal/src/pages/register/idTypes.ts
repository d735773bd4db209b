/** The id documents that a person can have (specification §8). */
export const ID_TYPES = [
  "resident_id",
  "hk_macao_permit",
  "taiwan_permit",
  "hmt_residence_permit",
  "foreigner_permanent_resident_id",
  "passport",
] as const;
