// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

/** Limits at the door (formats.md A.3, A.10). Everything beyond one is refused, naming it. */
public final class Limits {
  public static final int FORMAT = 1;
  public static final int ENTRY_BYTES_MAX = 65_535;
  public static final int PART_BYTES_MAX = 1 << 20;
  public static final int LINE_BYTES_MAX = 1 << 10;
  public static final int LINES_MAX = 10_000;
  public static final int SECTIONS_MAX = 32;
  public static final int RECORDS_MAX = 1_000;
  public static final int SUBMISSION_BYTES_MAX = 4 << 20;
  public static final int SALT_BYTES = 16;
  public static final int SUBMISSION_ID_BYTES = 16;

  /** A salt and a participant. */
  public static final int ATTESTATION_BYTES_MAX = 1 << 10;

  /** Of all records together: no more good ones have room, for none is shorter than 42 bytes. */
  public static final int SUBMISSION_LINES_MAX = 100_000;

  /**
   * Strings, byte strings and messages in a submission, those in its parts included. Two bytes can
   * be such a value, and become an object of fifty; a submission full of lines or quantities has
   * fewer than these.
   */
  public static final int SUBMISSION_VALUES_MAX = 500_000;

  /** From {@code created_at} to {@code not_after} at most: long enough for a phone offline. */
  public static final long VALIDITY_MILLIS_MAX = 31L * 24 * 60 * 60 * 1000;

  /** How far ahead of the ledger's clock {@code created_at} may lie. */
  public static final long CLOCK_AHEAD_MILLIS_MAX = 10L * 60 * 1000;

  private Limits() {}
}
