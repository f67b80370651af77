// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.Verdict;
import org.pinlian.tools.evidence.TimeStamp;
import org.pinlian.v1.Dossier;

/**
 * What an evidence package is about: a dossier that was checked by a policy as of a stated time.
 *
 * @param asOf the stated time
 * @param cosigned when each cosigner that counts says it signed, by the policy's names
 * @param stamp over the dossier; null where no service was asked
 */
record Evidence(
    ByteString dossier,
    TrustPolicy policy,
    Verdict verdict,
    Instant asOf,
    Map<String, Instant> cosigned,
    @Nullable TimeStamp stamp) {

  Evidence {
    cosigned = new TreeMap<>(cosigned);
  }

  /** Of a dossier of which the verdict says that everything held. */
  static Evidence of(
      ByteString dossier,
      TrustPolicy policy,
      Verdict verdict,
      Instant asOf,
      @Nullable TimeStamp stamp) {
    Map<String, Instant> cosigned = new TreeMap<>();
    try {
      byte[] note = Dossier.parseFrom(dossier).getCheckpoint().getBytes(StandardCharsets.UTF_8);
      policy
          .check(SignedNote.parse(note))
          .cosigned()
          .forEach((name, seconds) -> cosigned.put(name, Instant.ofEpochSecond(seconds)));
    } catch (InvalidProtocolBufferException | NoteException e) {
      throw new IllegalStateException("verified before", e);
    }
    return new Evidence(dossier, policy, verdict, asOf, cosigned, stamp);
  }

  /** For the manifest. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("subject", verdict.asked());
    facts.put("view", Verdicts.view(verdict));
    facts.put("origin", verdict.checkpoint().origin());
    policy.genesis().ifPresent(genesis -> facts.put("genesis", genesis.hex()));
    facts.put("size", Long.toString(verdict.checkpoint().size()));
    facts.put("root", verdict.checkpoint().root().hex());
    facts.put("block", Long.toString(verdict.block()));
    return facts;
  }
}
