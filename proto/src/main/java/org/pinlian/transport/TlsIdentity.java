// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * Who we are on a connection: an X.509 certificate with what leads up to its authority, and its
 * secret key, from two PEM files. When they change, the next handshake uses what is there then;
 * connections that stand are not touched. Files that do not fit each other, as in the middle of
 * being replaced, leave the old ones in use. Safe for use by many threads.
 */
public final class TlsIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "v";
  private static final int CHAIN_MAX = 8;
  private static final byte[] PROBE = {1, 2, 3, 4};

  private final Watched<Pair> files;

  // A handshake asks for the name, then for the two parts: they must be of one version, so the one
  // before stays known.
  private volatile Watched.Version<Pair> newest;
  private volatile Watched.@Nullable Version<Pair> before;

  private record Pair(List<X509Certificate> chain, PrivateKey key) {}

  private TlsIdentity(Watched<Pair> files) {
    this.files = files;
    this.newest = files.get();
  }

  /**
   * @param certificates PEM, our own first
   * @param key PKCS#8 in PEM, not encrypted: Ed25519, elliptic curve or RSA
   * @param report gets a sentence whenever the files were read anew, or could not be
   * @throws IOException if the files are not good now
   */
  public static TlsIdentity ofFiles(Path certificates, Path key, Consumer<String> report)
      throws IOException {
    return new TlsIdentity(
        new Watched<>(List.of(certificates, key), () -> read(certificates, key), report));
  }

  private static Pair read(Path certificates, Path keyFile) throws IOException {
    List<X509Certificate> chain = certificates(certificates);
    if (chain.size() > CHAIN_MAX) {
      throw new PemException(certificates, "more than " + CHAIN_MAX + " certificates");
    }
    List<byte[]> keys = PemBlocks.read(keyFile, "PRIVATE KEY");
    if (keys.size() != 1) {
      throw new PemException(keyFile, keys.size() + " keys, expected one");
    }
    PrivateKey key = key(keyFile, keys.get(0));
    if (!belongsTo(chain.get(0).getPublicKey(), key)) {
      throw new PemException(keyFile, "is not the key of the certificate in " + certificates);
    }
    return new Pair(chain, key);
  }

  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : PemBlocks.read(file, "CERTIFICATE")) {
      try {
        certificates.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der)));
      } catch (CertificateException e) {
        throw new PemException(file, "holds what is no X.509 certificate", e);
      }
    }
    return certificates;
  }

  private static PrivateKey key(Path file, byte[] der) throws PemException {
    try {
      String algorithm =
          switch (PrivateKeyInfo.getInstance(der).getPrivateKeyAlgorithm().getAlgorithm().getId()) {
            case "1.3.101.112" -> "Ed25519";
            case "1.2.840.10045.2.1" -> "EC";
            case "1.2.840.113549.1.1.1" -> "RSA";
            default -> throw new PemException(file, "not a key of Ed25519, elliptic curve or RSA");
          };
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // The cause may quote the secret.
      throw new PemException(file, "holds no PKCS#8 key that this Java can use");
    }
  }

  /** Certificate and key are two files: half of a replacement must not be served. */
  private static boolean belongsTo(PublicKey certified, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "Ed25519";
        };
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(PROBE);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update(PROBE);
      return verifying.verify(signature);
    } catch (GeneralSecurityException anotherKind) {
      return false;
    }
  }

  /** The certificate that the next handshake shows. */
  public X509Certificate certificate() {
    return refreshed().value().chain().get(0);
  }

  private Watched.Version<Pair> refreshed() {
    Watched.Version<Pair> now = files.get();
    synchronized (this) {
      if (now.number() > newest.number()) {
        before = newest;
        newest = now;
      }
      return newest;
    }
  }

  private @Nullable String alias(String... keyTypes) {
    Watched.Version<Pair> now = refreshed();
    String own = now.value().key().getAlgorithm().toUpperCase(Locale.ROOT);
    boolean wanted =
        Arrays.stream(keyTypes)
            .map(type -> type.toUpperCase(Locale.ROOT))
            .anyMatch(type ->
                type.equals(own)
                    || type.startsWith(own + "_")
                    || (own.equals("EDDSA") && type.equals("ED25519"))
                    || (own.equals("RSA") && type.equals("RSASSA-PSS")));
    return wanted ? ALIAS + now.number() : null;
  }

  /**
   * As a client, the one there is, whatever kind of key is asked for: BoringSSL's list of kinds
   * leaves out Ed25519 though it can show one, and to show nothing helps nobody.
   */
  private String only() {
    return ALIAS + refreshed().number();
  }

  private @Nullable Pair ofAlias(@Nullable String alias) {
    Watched.Version<Pair> first = newest;
    Watched.Version<Pair> second = before;
    if (alias == null) {
      return null;
    }
    if (alias.equals(ALIAS + first.number())) {
      return first.value();
    }
    return second != null && alias.equals(ALIAS + second.number()) ? second.value() : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return only();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return only();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    Pair pair = ofAlias(alias);
    return pair == null ? null : pair.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    Pair pair = ofAlias(alias);
    return pair == null ? null : pair.key();
  }
}
