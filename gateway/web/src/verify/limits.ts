// SPDX-License-Identifier: Apache-2.0

/** Limits at the door (formats.md A.3, A.10). */
export const FORMAT = 1;
export const ENTRY_BYTES_MAX = 65_535;
export const PART_BYTES_MAX = 1 << 20;
export const LINE_BYTES_MAX = 1 << 10;
export const LINES_MAX = 10_000;
export const SECTIONS_MAX = 32;
export const RECORDS_MAX = 1_000;
export const SALT_BYTES = 16;
export const SUBMISSION_ID_BYTES = 16;
/** A salt and a participant. */
export const ATTESTATION_BYTES_MAX = 1 << 10;
/** From `created_at` to `not_after` at most. */
export const VALIDITY_MILLIS_MAX = 31n * 24n * 60n * 60n * 1000n;
