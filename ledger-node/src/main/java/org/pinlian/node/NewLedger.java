// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import java.util.List;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.v1.GenesisAuthority;

/**
 * What a ledger starts with, and keeps for ever.
 *
 * @param origin of its checkpoints: a schema-less URL without spaces or plus signs, unique for ever
 * @param authorities at least one, each with at least one key
 * @param predecessor last cosigned checkpoint of the ledger this one was restored from; else empty
 */
public record NewLedger(
    String origin, HashAlgorithm hash, List<GenesisAuthority> authorities, String predecessor) {

  public NewLedger {
    authorities = List.copyOf(authorities);
    if (origin.isEmpty()
        || origin.length() > 255
        || origin.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '+')) {
      throw new IllegalArgumentException(
          "an origin is 1 to 255 printable ASCII characters without spaces and plus signs: "
              + origin);
    }
    if (authorities.isEmpty()
        || authorities.stream().anyMatch(authority -> authority.getKeysCount() == 0)) {
      throw new IllegalArgumentException("a ledger needs an authority with a key to enrol anybody");
    }
  }

  public NewLedger(String origin, HashAlgorithm hash, List<GenesisAuthority> authorities) {
    this(origin, hash, authorities, "");
  }
}
