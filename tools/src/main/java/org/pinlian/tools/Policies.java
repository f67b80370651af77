// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/** Trust policies in files (formats.md A.7, B.7). */
final class Policies {
  /** What `up` leaves in the ledger's folder, to be handed out. */
  static final String FILE = "policy.txt";

  private Policies() {}

  static TrustPolicy read(Path file) throws IOException {
    try {
      return TrustPolicy.parse(OutsideFile.bytes(file, TrustPolicy.MAX_BYTES));
    } catch (NoteException e) {
      throw CommandException.usage(
          file + " is no trust policy: " + e.getMessage(),
          "A policy names the genesis, the log's key and a quorum; `up` and `demo` write one.");
    }
  }

  /** The first log's, which is the ledger's own where a policy is for one ledger. */
  static String origin(TrustPolicy policy) {
    return policy.logs().isEmpty() ? "" : policy.logs().getFirst().verifier().name();
  }

  /**
   * One log, one witness that must cosign, and one auditor whose cosignature proves completeness.
   *
   * @param witness what to call the witness
   * @param auditor what to call the auditor
   */
  static String text(
      Hash genesis,
      HashAlgorithm hash,
      String logVkey,
      String witness,
      String witnessVkey,
      String auditor,
      String auditorVkey) {
    return text(genesis, hash, logVkey)
        .replace(
            "quorum none\n",
            cosigner(witness, witnessVkey, TrustPolicy.WITNESSES)
                + cosigner(auditor, auditorVkey, TrustPolicy.AUDITORS)
                + "quorum "
                + TrustPolicy.WITNESSES
                + "\n");
  }

  private static String cosigner(String name, String vkey, String group) {
    return "witness %s %s\ngroup %s any %s\n".formatted(name, vkey, group, name);
  }

  /** The same policy with the place of a witness, which changes more often than its key. */
  static TrustPolicy withUrl(TrustPolicy policy, String witnessVkey, String url) {
    String text =
        policy.text().replace(" " + witnessVkey + "\n", " " + witnessVkey + " " + url + "\n");
    try {
      return TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalStateException(text, e);
    }
  }

  /** One log, and nobody asked to cosign. */
  static String text(Hash genesis, HashAlgorithm hash, String logVkey) {
    return "#pinlian genesis "
        + genesis.hex()
        + "\n#pinlian hash "
        + hash.label()
        + "\nlog "
        + logVkey
        + "\nquorum none\n";
  }
}
