// SPDX-License-Identifier: Apache-2.0
package org.pinlian.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** An X.509 authority that certifies whatever a test asks for. For one thread. */
public final class TestAuthority {
  private static final AtomicLong SERIALS = new AtomicLong(1);
  private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(5);

  private final KeyPair pair;
  private final X509Certificate certificate;
  private final List<X509Certificate> above;
  private final List<BigInteger> revoked = new ArrayList<>();

  private TestAuthority(KeyPair pair, X509Certificate certificate, List<X509Certificate> above) {
    this.pair = pair;
    this.certificate = certificate;
    this.above = above;
  }

  /** A certificate, what leads up to its authority, and its key. */
  public record Issued(X509Certificate certificate, List<X509Certificate> above, KeyPair pair) {
    public String chainPem() {
      StringBuilder pem = new StringBuilder(block("CERTIFICATE", encoded(certificate)));
      above.forEach(one -> pem.append(block("CERTIFICATE", encoded(one))));
      return pem.toString();
    }

    public String keyPem() {
      return block("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    /** Each file is replaced in one go; between the two they do not fit. */
    public void write(Path certificates, Path key) throws IOException {
      replace(certificates, chainPem());
      replace(key, keyPem());
    }
  }

  /** What a certificate is to say. */
  public static final class Wanted {
    private final String name;
    private final List<GeneralName> names = new ArrayList<>();
    private final List<KeyPurposeId> purposes = new ArrayList<>();
    private Instant from = Instant.now().minus(CLOCKS_DIFFER_BY);
    private Instant until = Instant.now().plus(Duration.ofDays(1));
    private @Nullable KeyPair pair;
    private boolean usageGiven = true;
    private int usage = KeyUsage.digitalSignature;
    private boolean authority;

    private Wanted(String name) {
      this.name = name;
    }

    public static Wanted server(String dnsName) {
      return new Wanted(dnsName).dns(dnsName).purpose(KeyPurposeId.id_kp_serverAuth);
    }

    public static Wanted client(String dnsName) {
      return new Wanted(dnsName).dns(dnsName).purpose(KeyPurposeId.id_kp_clientAuth);
    }

    /** For no purpose and with no other name than the one for people. */
    public static Wanted bare(String commonName) {
      return new Wanted(commonName);
    }

    public Wanted dns(String more) {
      names.add(new GeneralName(GeneralName.dNSName, more));
      return this;
    }

    public Wanted address(String more) {
      names.add(new GeneralName(GeneralName.iPAddress, more));
      return this;
    }

    public Wanted purpose(KeyPurposeId more) {
      purposes.add(more);
      return this;
    }

    public Wanted valid(Instant first, Instant last) {
      from = first;
      until = last;
      return this;
    }

    public Wanted usage(int bits) {
      usage = bits;
      return this;
    }

    public Wanted withoutUsage() {
      usageGiven = false;
      return this;
    }

    public Wanted key(KeyPair given) {
      pair = given;
      return this;
    }

    public Wanted authority() {
      authority = true;
      usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
      return this;
    }
  }

  /** One that certified itself. */
  public static TestAuthority create(String name) {
    return create(Wanted.bare(name));
  }

  public static TestAuthority create(Wanted wanted) {
    KeyPair pair = p256();
    X500Name own = new X500Name("CN=" + wanted.authority().name);
    return new TestAuthority(
        pair, certify(wanted, own, pair, SubjectPublicKeyInfo.getInstance(spki(pair))), List.of());
  }

  /** One that this one certified. */
  public TestAuthority below(String name) {
    Issued issued = issue(Wanted.bare(name).authority());
    List<X509Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(above);
    return new TestAuthority(issued.pair(), issued.certificate(), chain);
  }

  public Issued issue(Wanted wanted) {
    KeyPair own = wanted.pair == null ? p256() : wanted.pair;
    return new Issued(
        certify(wanted, name(), pair, SubjectPublicKeyInfo.getInstance(spki(own))), above, own);
  }

  public void revoke(Issued issued) {
    revoked.add(issued.certificate().getSerialNumber());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String pem() {
    return block("CERTIFICATE", encoded(certificate));
  }

  /** The revocation list as of now, good for a day. */
  public String listPem() {
    Instant now = Instant.now();
    return listPem(now.minus(CLOCKS_DIFFER_BY), now.plus(Duration.ofDays(1)));
  }

  public String listPem(Instant from, @Nullable Instant next) {
    V2TBSCertListGenerator list = new V2TBSCertListGenerator();
    list.setIssuer(name());
    list.setSignature(algorithm(pair));
    list.setThisUpdate(new Time(Date.from(from)));
    if (next != null) {
      list.setNextUpdate(new Time(Date.from(next)));
    }
    revoked.forEach(
        serial -> list.addCRLEntry(new ASN1Integer(serial), new Time(Date.from(from)), 0));
    return block("X509 CRL", signed(list.generateTBSCertList(), pair));
  }

  private X500Name name() {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  public static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public static KeyPair of(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Whoever reads the file finds the old or the new one. */
  public static void replace(Path file, String text) throws IOException {
    Path draft = Path.of(file + ".new");
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static X509Certificate certify(
      Wanted wanted, X500Name issuer, KeyPair signer, SubjectPublicKeyInfo key) {
    try {
      V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
      body.setSerialNumber(new ASN1Integer(SERIALS.getAndIncrement()));
      body.setIssuer(issuer);
      body.setSubject(new X500Name("CN=" + wanted.name));
      body.setStartDate(new Time(Date.from(wanted.from)));
      body.setEndDate(new Time(Date.from(wanted.until)));
      body.setSubjectPublicKeyInfo(key);
      body.setSignature(algorithm(signer));
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(wanted.authority));
      if (wanted.usageGiven) {
        extensions.addExtension(Extension.keyUsage, true, new KeyUsage(wanted.usage));
      }
      if (!wanted.purposes.isEmpty()) {
        extensions.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(wanted.purposes.toArray(new KeyPurposeId[0])));
      }
      if (!wanted.names.isEmpty()) {
        extensions.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(wanted.names.toArray(new GeneralName[0])));
      }
      body.setExtensions(extensions.generate());
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(signed(body.generateTBSCertificate(), signer)));
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] signed(ASN1Object body, KeyPair signer) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer.getPrivate());
      signature.update(body.getEncoded("DER"));
      ASN1EncodableVector parts = new ASN1EncodableVector();
      parts.add(body);
      parts.add(algorithm(signer));
      parts.add(new DERBitString(signature.sign()));
      return new DERSequence(parts).getEncoded("DER");
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static AlgorithmIdentifier algorithm(KeyPair signer) {
    if (!signer.getPrivate().getAlgorithm().equals("EC")) {
      throw new IllegalArgumentException("authorities here sign with P-256");
    }
    return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  }

  private static byte[] spki(KeyPair pair) {
    return pair.getPublic().getEncoded();
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String block(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
