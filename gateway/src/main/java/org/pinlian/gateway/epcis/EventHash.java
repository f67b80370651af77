// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The event hash of CBV 2.0: an identifier that anyone computes alike from the same event in any
 * syntax. It leaves out what an error declaration says, so it never stands for a record's
 * integrity.
 */
public final class EventHash {
  private EventHash() {}

  /** {@code ni:///sha-256;{64 hex digits}?ver=CBV2.0}. */
  public static String of(EpcisEvent event) {
    return hash(canonicalForm(event));
  }

  /** What is hashed. */
  public static String canonicalForm(EpcisEvent event) {
    return CanonicalForm.of(EventTree.of(event));
  }

  /**
   * All that an event says: its canonical form, and what that leaves out, which are its id and its
   * error declaration. Of two events with the same, one is a repetition.
   */
  public static String statement(EpcisEvent event) {
    Node tree = EventTree.of(event);
    return CanonicalForm.of(tree)
        + '\n'
        + event.event().getEventId()
        + '\n'
        + tree.first("errorDeclaration");
  }

  static String hash(String canonicalForm) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(canonicalForm.getBytes(StandardCharsets.UTF_8));
      return "ni:///sha-256;" + HexFormat.of().formatHex(digest) + "?ver=CBV2.0";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
