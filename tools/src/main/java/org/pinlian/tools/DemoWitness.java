// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.CreatedLedger;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessServer;
import org.pinlian.tools.witness.WitnessedLog;

/**
 * The demo's own witness, in the same process: it shows how witnessing works and, standing on the
 * same machine, vouches for nothing more than the ledger itself does.
 */
final class DemoWitness implements AutoCloseable {
  static final String NAME = "same-machine";
  private static final String KEY_NAME = "witness.demo.pinlian.example/same-machine";

  private final Witness witness;
  private final WitnessServer server;
  private final TrustPolicy policy;

  private DemoWitness(Witness witness, WitnessServer server, TrustPolicy policy) {
    this.witness = witness;
    this.server = server;
    this.policy = policy;
  }

  /**
   * Makes its key, and the policy that names ledger, witness and auditor.
   *
   * @param auditorVkey of the demo's auditor
   */
  static void prepare(DemoFolder folder, CreatedLedger ledger, String auditorVkey)
      throws IOException {
    NoteKey key = NoteKey.make(KEY_NAME, new SecureRandom());
    KeyFiles.writeSecretLine(folder.witnessKey(), key.line() + "\n");
    Files.writeString(
        folder.policy(),
        Policies.text(
            ledger.genesis(),
            ledger.hash(),
            ledger.logVkey(),
            NAME,
            key.signer().verifier().vkey(),
            DemoAuditor.NAME,
            auditorVkey));
  }

  /** Listens when this returns; null in a folder of a demo that had none yet. */
  static @Nullable DemoWitness start(DemoFolder folder) throws IOException {
    if (!Files.exists(folder.witnessKey())) {
      return null;
    }
    NoteKey key = NoteKey.parse(OutsideFile.text(folder.witnessKey(), NoteKey.BYTES_MAX));
    TrustPolicy policy = Policies.read(folder.policy());
    List<WitnessedLog> logs =
        policy.logs().stream()
            .map(log ->
                new WitnessedLog(
                    log.verifier(), policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256)))
            .toList();
    Witness witness =
        Witness.open(key.signer(), folder.witnessState(), logs, InstantSource.system());
    try {
      WitnessServer server =
          new WitnessServer(witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new DemoWitness(
          witness,
          server,
          Policies.withUrl(
              policy, key.signer().verifier().vkey(), "http://127.0.0.1:" + server.port()));
    } catch (IOException | RuntimeException e) {
      witness.close();
      throw e;
    }
  }

  /**
   * How a node publishes that asks this witness.
   *
   * @param auditor who is asked besides; null for nobody
   */
  PublicationConfig publication(@Nullable DemoAuditor auditor) {
    return PublicationConfig.defaults()
        .withPolicy(auditor == null ? policy : auditor.named(policy), false);
  }

  @Override
  public void close() throws IOException {
    server.close();
    witness.close();
  }
}
