// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import org.pinlian.v1.RefusalCode;

/** What a refusal means for a parcel. */
enum Meaning {
  /** The records are refused, and will be again: whoever made them has to see to it. */
  FINAL,
  /** The submission can no longer be taken. */
  EXPIRED,
  /** Not a word about the records: the key, the clock, the server or this program is at fault. */
  HELD;

  static Meaning of(RefusalCode code) {
    return switch (code) {
      case MALFORMED,
          NOT_CANONICAL,
          EMPTY_SUBMISSION,
          LIMIT_EXCEEDED,
          RECORD_COUNT_MISMATCH,
          RECORDS_ROOT_MISMATCH,
          SUBMISSION_ID_REUSED,
          UNKNOWN_KIND,
          KIND_NOT_BUILT,
          ROLE_NOT_ALLOWED,
          LINE_ROLE_NOT_ALLOWED,
          BAD_SUBJECT,
          BAD_SALT,
          BODY_MISMATCH,
          BAD_FIELD,
          NOT_THE_RECEIVER,
          NOT_PERMITTED,
          ENTRY_TOO_LARGE,
          NO_SUCH_POWER,
          MESSAGE_TOO_LARGE,
          // Of signing for others, which the agent never does.
          ATTESTATION_MISMATCH,
          NOT_A_GATEWAY,
          PRINCIPAL_NOT_VALID,
          NO_DELEGATION,
          DELEGATION_EXPIRED,
          KIND_NOT_DELEGATED,
          NOT_DELEGABLE,
          UNKNOWN_RECORD ->
          FINAL;
      case EXPIRED -> EXPIRED;
      case REFUSAL_CODE_UNSPECIFIED,
          UNSUPPORTED_FORMAT,
          OTHER_LEDGER,
          BAD_SIGNATURE,
          UNKNOWN_KEY,
          KEY_NOT_VALID,
          WRONG_SUBMITTER,
          CLOCK,
          OVERLOADED,
          SHUTTING_DOWN,
          NOT_READY,
          NOT_LOGGED_IN,
          NOT_A_READER,
          NOT_FOUND,
          STORED_DATA_DAMAGED,
          RATE_LIMITED,
          BAD_REQUEST,
          INTERNAL,
          UNKNOWN_CALL,
          COMPRESSED,
          NODE_UNAVAILABLE,
          LOOK_UP_NOT_GOOD,
          UNRECOGNIZED ->
          HELD;
    };
  }
}
