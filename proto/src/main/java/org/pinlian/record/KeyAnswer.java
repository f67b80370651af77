// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.merkle.Hash;

/** What a registry says of a key, for a header at one index and one time. */
public sealed interface KeyAnswer {

  /** The key is good, and its owner is this. */
  record Valid(KeyHistory key, Standing standing) implements KeyAnswer {}

  /** The log knows the key, but it is not good there. */
  record NotValid(KeyHistory key, Reason reason, String message) implements KeyAnswer {}

  /** No entry below the header's names the key. */
  record Unknown(Hash keyId) implements KeyAnswer {}

  /** Why a key is not good. */
  enum Reason {
    /** Its enrolment waits for a second authority. */
    AWAITING_APPROVAL,
    REVOKED,
    NOT_YET_VALID,
    EXPIRED
  }
}
