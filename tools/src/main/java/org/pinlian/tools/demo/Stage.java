// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.signing.VerifyingKey;

/** Where a story is played: signs what an actor says with that actor's key, and sends it. */
public interface Stage {
  /**
   * Signs, submits and waits for the receipt, which is checked.
   *
   * @param what the scene, for the audience
   */
  Filed file(Actor actor, String what, List<Draft> drafts);

  /**
   * Writes a file that belongs to the story; a stage that has a folder leaves it there.
   *
   * @return what the file holds, as whoever imports it reads it
   */
  default byte[] keep(String name, String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  VerifyingKey keyOf(Actor actor);

  /**
   * A submission that is in the ledger.
   *
   * @param digests of its records, by position
   */
  record Filed(long index, List<Hash> digests) {
    public Filed {
      digests = List.copyOf(digests);
    }

    /** The record as a subject: what an answer has in its record line. */
    Subject record(int position) {
      return Subject.record(index, position);
    }
  }
}
