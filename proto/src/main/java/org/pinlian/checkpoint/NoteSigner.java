// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pinlian.signing.SigningKey;

/** Signs notes as a log does, with a key of type 0x01. Immutable. */
public final class NoteSigner {
  private final SigningKey key;
  private final NoteVerifier verifier;

  /**
   * A signer under this name, which for a log is its origin.
   *
   * @throws IllegalArgumentException if no key may be called so, or the key is not Ed25519
   */
  public NoteSigner(String name, SigningKey key) {
    this.key = key;
    this.verifier = new NoteVerifier(name, NoteKeyType.ED25519, key.verifyingKey());
  }

  /** A note of this text with this one signature. */
  public SignedNote sign(String text) {
    byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
    return SignedNote.of(
        text, List.of(new NoteSignature(verifier.name(), verifier.keyId(), signature)));
  }

  SigningKey key() {
    return key;
  }

  /** What verifies these signatures. */
  public NoteVerifier verifier() {
    return verifier;
  }
}
