// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pinlian.signing.SigningKey;

/**
 * Cosigns checkpoints as a witness does, with a key of type 0x04 (B.4). It signs whatever it is
 * given: that the checkpoint extends the last one is for the witness to see to first. Immutable.
 *
 * <p>The signature does not bind the cosigner's name, so a key must serve one cosigner only.
 */
public final class CosignatureSigner {
  private final SigningKey key;
  private final NoteVerifier verifier;

  /**
   * A cosigner under this name.
   *
   * @throws IllegalArgumentException if no key may be called so, or the key is not Ed25519
   */
  public CosignatureSigner(String name, SigningKey key) {
    this.key = key;
    this.verifier = new NoteVerifier(name, NoteKeyType.COSIGNATURE, key.verifyingKey());
  }

  /**
   * The line that vouches for this checkpoint at a time in POSIX seconds. To be appended with
   * {@link SignedNote#with}.
   */
  public NoteSignature cosign(Checkpoint checkpoint, long timestamp) {
    if (timestamp < 0) {
      throw new IllegalArgumentException("a cosignature cannot be of time " + timestamp);
    }
    byte[] signature = key.sign(signedBytes(checkpoint.text(), timestamp));
    byte[] body =
        ByteBuffer.allocate(Long.BYTES + signature.length)
            .putLong(timestamp)
            .put(signature)
            .array();
    return new NoteSignature(verifier.name(), verifier.keyId(), body);
  }

  static byte[] signedBytes(String text, long timestamp) {
    return ("cosignature/v1\ntime " + timestamp + "\n" + text).getBytes(StandardCharsets.UTF_8);
  }

  /** What verifies these signatures. */
  public NoteVerifier verifier() {
    return verifier;
  }
}
