// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.util.Arrays;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * A public key of ML-DSA-44 (FIPS 204), which verifies pure signatures with an empty context. Such
 * keys cosign checkpoints; records are not signed with them. Immutable.
 */
public final class MlDsaKey {
  /** Of a key, in bytes. */
  public static final int SIZE = 1_312;

  /** Of a signature, in bytes. */
  public static final int SIGNATURE_SIZE = 2_420;

  private final byte[] bytes;
  private final MLDSAPublicKeyParameters key;

  private MlDsaKey(byte[] bytes) {
    this.bytes = bytes.clone();
    this.key = new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_44, bytes);
  }

  /**
   * The key of these bytes. Any bytes of that length are one.
   *
   * @throws KeyFormatException if there are more or fewer
   */
  public static MlDsaKey of(byte[] bytes) throws KeyFormatException {
    if (bytes.length != SIZE) {
      throw new KeyFormatException("an ML-DSA-44 key of 1312 bytes", bytes.length + " bytes");
    }
    return new MlDsaKey(bytes);
  }

  /** Whether this key signed the message; false for whatever is not a signature at all. */
  public boolean verifies(byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_SIZE) {
      return false;
    }
    MLDSASigner signer = new MLDSASigner();
    signer.init(false, key);
    signer.update(message, 0, message.length);
    return signer.verifySignature(signature);
  }

  /** As FIPS 204 encodes it. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MlDsaKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
