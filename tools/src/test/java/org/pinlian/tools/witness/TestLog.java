// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.signing.SigningKey;

/** A log in memory with the key of B.11, which can be made to tell two histories. */
public final class TestLog {
  public static final String ORIGIN = "log.example/trace";
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;

  private final NoteSigner signer;
  private final List<Hash> leaves = new ArrayList<>();
  private final String word;

  /**
   * @param common how many entries it shares with every other
   * @param word what its later entries are made of
   */
  public TestLog(int common, String word) {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) i;
    }
    this.signer = new NoteSigner(ORIGIN, SigningKey.ofEd25519Seed(seed));
    this.word = word;
    for (int i = 0; i < common; i++) {
      leaves.add(leaf("trace-vector-" + i));
    }
  }

  private static Hash leaf(String text) {
    return HASH.leaf(text.getBytes(StandardCharsets.UTF_8));
  }

  public NoteVerifier verifier() {
    return signer.verifier();
  }

  public Hash root(long size) {
    while (leaves.size() < size) {
      leaves.add(leaf(word + leaves.size()));
    }
    return Merkle.rootOfLeafHashes(HASH, leaves.subList(0, (int) size));
  }

  public SignedNote note(long size) {
    return signer.sign(new Checkpoint(ORIGIN, size, root(size)).text());
  }

  public List<Hash> proof(long from, long to) {
    var _ = root(to);
    NodeSource nodes =
        (level, index) ->
            Merkle.rootOfLeafHashes(
                HASH, leaves.subList((int) (index << level), (int) ((index + 1) << level)));
    return from == 0 ? List.of() : ConsistencyProof.build(HASH, nodes, from, to).path();
  }

  public byte[] request(long from, long to) {
    return new AddCheckpoint(from, proof(from, to), note(to)).bytes();
  }
}
