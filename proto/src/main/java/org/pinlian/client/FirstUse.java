// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.nio.charset.StandardCharsets;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.Ledger;

/** Makes a policy of what a ledger says of itself, if at least it does not contradict itself. */
final class FirstUse {
  private FirstUse() {}

  static TrustPolicy policy(Ledger told) throws VerificationException {
    Genesis genesis = genesis(told);
    HashAlgorithm hash =
        switch (genesis.getHash()) {
          case LEDGER_HASH_SHA_256 -> HashAlgorithm.SHA_256;
          case LEDGER_HASH_SM3 -> HashAlgorithm.SM3;
          case LEDGER_HASH_UNSPECIFIED, UNRECOGNIZED ->
              throw new VerificationException(
                  BrokenRule.UNSUPPORTED_FORMAT, "SHA-256 or SM3", genesis.getHashValue());
        };
    Hash leaf = hash.leaf(told.getGenesis().toByteArray());
    try {
      NoteVerifier log = NoteVerifier.parse(told.getLogKey());
      if (!log.name().equals(genesis.getOrigin())) {
        throw new VerificationException(BrokenRule.OTHER_ORIGIN, genesis.getOrigin(), log.name());
      }
      String text =
          "#pinlian genesis "
              + leaf.hex()
              + "\n#pinlian hash "
              + hash.label()
              + "\nlog "
              + log.vkey()
              + "\nquorum "
              + TrustPolicy.NONE
              + "\n";
      TrustPolicy policy = TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
      // Its key must at least sign its own checkpoint.
      PolicyVerdict unused =
          policy.check(SignedNote.parse(told.getCheckpoint().getBytes(StandardCharsets.UTF_8)));
      return policy;
    } catch (NoteException e) {
      throw new VerificationException(BrokenRule.MALFORMED, e.expected(), e.found());
    }
  }

  private static Genesis genesis(Ledger told) throws VerificationException {
    try {
      Entry entry = Submissions.readEntry(told.getGenesis());
      if (!entry.hasGenesis()) {
        throw new VerificationException(
            BrokenRule.WRONG_ENTRY, "genesis at index 0", entry.getBodyCase());
      }
      return entry.getGenesis();
    } catch (RecordException e) {
      throw new VerificationException(BrokenRule.MALFORMED, e.path(), e.getMessage());
    }
  }
}
