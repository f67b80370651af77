// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.VerifyingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a signature is good: always the answer that {@link VerifyingKey} gives, sooner where a
 * native library helps. Thread-safe.
 *
 * <p>Of a lone submission's way through the node, checking Ed25519 is the longest part, because
 * Bouncy Castle checks the equation multiplied by the cofactor, and the strictness we want then
 * needs a second, as costly look at R. Amazon Corretto Crypto Provider (AWS-LC underneath) is
 * native code that computes [S]B - [k]A, encodes it and compares with R byte for byte, which is the
 * strict rule itself. The two accept the same signatures:
 *
 * <ul>
 *   <li>both refuse an S that is not below L, and hash the R and A that were sent;
 *   <li>A is canonical and of the prime-order group, or there would be no {@link VerifyingKey}. So
 *       the point computed has no part of small order, and equals R exactly if R has none either
 *       and the multiplied equation holds, which is what the portable way checks in two steps;
 *   <li>an R in a second encoding equals no encoding of a point, and is refused by both.
 * </ul>
 *
 * <p>The library is on no compile path. Where it is missing, made for another machine or fails its
 * self-test, everything works without it. P-256 and SM2 are not affected.
 */
public final class SignatureCheck {
  private static final Logger log = LoggerFactory.getLogger(SignatureCheck.class);

  private static final String PROVIDER =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String ED25519 = "Ed25519";

  private final @Nullable Provider provider;

  private SignatureCheck(@Nullable Provider provider) {
    this.provider = provider;
  }

  /** The fastest that works on this machine. */
  public static SignatureCheck fastest() {
    Provider found = load();
    SignatureCheck check = new SignatureCheck(found);
    if (found != null && !SelfTest.passes(check)) {
      // Never seen. Rather slow than of another opinion than every other verifier.
      log.warn("{} fails the self-test; signatures are checked by Bouncy Castle", found.getInfo());
      return portable();
    }
    log.info("Ed25519 signatures are checked by {}", check.name());
    return check;
  }

  /** Bouncy Castle, which works everywhere. */
  public static SignatureCheck portable() {
    return new SignatureCheck(null);
  }

  /** What checks Ed25519, for logs and measurements. */
  public String name() {
    return provider == null ? "Bouncy Castle" : provider.getName() + " " + provider.getVersionStr();
  }

  boolean isNative() {
    return provider != null;
  }

  /** Whether the holder of the secret signed exactly these bytes. */
  public boolean verifies(VerifyingKey key, byte[] message, byte[] signature) {
    Provider fast = provider;
    if (fast == null
        || key.algorithm() != SignatureAlgorithm.ED25519
        || signature.length != VerifyingKey.SIGNATURE_SIZE) {
      return key.verifies(message, signature);
    }
    try {
      // A JDK key costs a tenth of the check; caching it would add state to save that.
      PublicKey publicKey =
          KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(key.spki()));
      Signature verifier = Signature.getInstance(ED25519, fast);
      verifier.initVerify(publicKey);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Not an answer to the question, so it is asked where the answer is always one.
      return key.verifies(message, signature);
    }
  }

  private static @Nullable Provider load() {
    try {
      Object instance = Class.forName(PROVIDER).getField("INSTANCE").get(null);
      if (!(instance instanceof Provider provider)) {
        return null;
      }
      // On a machine it has no native code for, it loads as an empty provider.
      return provider.getService("Signature", ED25519) == null ? null : provider;
    } catch (ReflectiveOperationException | LinkageError e) {
      log.debug("No native signature check", e);
      return null;
    }
  }

  /**
   * The one difference between verifiers that would matter: R has a part of small order, the
   * equation holds only when multiplied by the cofactor.
   */
  private static final class SelfTest {
    private static final byte[] MESSAGE = "pinlian".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY =
        hex("61485eb624d9786700ce78888fb6f475591f00567be8e573e9829b7df1f91acd");
    private static final byte[] GOOD =
        hex(
            "5d2cab483e085b809c8c65d3daa749d59c7ef940aa121ded279d032bb1f37e8c"
                + "264534586b6abe85f60b8510f4bb9d87859033b388bfceba141efa98804fb70b");
    private static final byte[] MIXED_ORDER =
        hex(
            "6b4bd8cd0b7a366c354130c588e2cfa977e56095cbcf17f8b9a0576419fabb58"
                + "0437b8e6cb316535743541100b469a24da9fd72fd41c9d4bac868bda11b99f02");

    private SelfTest() {}

    static boolean passes(SignatureCheck check) {
      try {
        VerifyingKey key = VerifyingKey.ofEd25519(KEY);
        return check.verifies(key, MESSAGE, GOOD) && !check.verifies(key, MESSAGE, MIXED_ORDER);
      } catch (KeyFormatException e) {
        throw new AssertionError(e);
      }
    }

    private static byte[] hex(String digits) {
      return HexFormat.of().parseHex(digits);
    }
  }
}
