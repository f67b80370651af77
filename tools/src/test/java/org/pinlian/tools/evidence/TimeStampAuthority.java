// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/**
 * A time-stamping service on the loopback, with a root of its own, that can be told to misbehave.
 */
public final class TimeStampAuthority implements AutoCloseable {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final X500Name ROOT = new X500Name("CN=Root of a test");
  private static final X500Name NAME = new X500Name("CN=Time stamps of a test");
  private static final ASN1ObjectIdentifier POLICY =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

  /** What it does when asked. */
  public enum Answer {
    GOOD,
    OF_OTHER_BYTES,
    OF_OTHER_NONCE,
    SIGNED_BY_OTHER_KEY,
    BEFORE_ITS_CERTIFICATE,
    REFUSED,
    GARBAGE,
    CUT_SHORT,
    TOO_BIG,
    ENDLESS,
    SILENT,
    FAILED,
    OF_OTHER_TYPE,
    MOVED
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final KeyPair key;
  private final KeyPair otherKey;
  private final X509CertificateHolder root;
  private final X509CertificateHolder certificate;
  private final AtomicLong serial = new AtomicLong(1);
  private volatile Answer answer = Answer.GOOD;

  public TimeStampAuthority() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC", BOUNCY_CASTLE);
    keys.initialize(256);
    KeyPair rootKey = keys.generateKeyPair();
    this.key = keys.generateKeyPair();
    this.otherKey = keys.generateKeyPair();
    Date from = Date.from(Instant.now().minus(Duration.ofDays(1)));
    Date until = Date.from(Instant.now().plus(Duration.ofDays(1)));
    this.root =
        new JcaX509v3CertificateBuilder(
                ROOT, BigInteger.ONE, from, until, ROOT, rootKey.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .build(new JcaContentSignerBuilder(SIGNATURE).build(rootKey.getPrivate()));
    this.certificate =
        new JcaX509v3CertificateBuilder(ROOT, BigInteger.TWO, from, until, NAME, key.getPublic())
            .addExtension(
                Extension.extendedKeyUsage,
                true,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))
            .build(new JcaContentSignerBuilder(SIGNATURE).build(rootKey.getPrivate()));
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setExecutor(threads);
    server.createContext("/tsr", this::serve);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/tsr");
  }

  public void answer(Answer next) {
    this.answer = next;
  }

  public X509Certificate root() throws Exception {
    return new JcaX509CertificateConverter().setProvider(BOUNCY_CASTLE).getCertificate(root);
  }

  /** The root, for a file. */
  public String rootPem() throws IOException {
    return pem(root);
  }

  /** A root that has nothing to do with this service. */
  public static String otherRootPem() throws Exception {
    try (TimeStampAuthority other = new TimeStampAuthority()) {
      return other.rootPem();
    }
  }

  private static String pem(X509CertificateHolder certificate) throws IOException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] asked = exchange.getRequestBody().readAllBytes();
      exchange
          .getResponseHeaders()
          .set(
              "content-type",
              answer == Answer.OF_OTHER_TYPE ? "text/html" : "application/timestamp-reply");
      switch (answer) {
        case SILENT -> pause(Duration.ofMinutes(1));
        case ENDLESS -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 600; i++) {
              out.write('0');
              out.flush();
              pause(Duration.ofMillis(100));
            }
          }
        }
        case FAILED -> exchange.sendResponseHeaders(500, -1);
        case MOVED -> {
          exchange.getResponseHeaders().set("location", uri() + "?elsewhere");
          exchange.sendResponseHeaders(302, -1);
        }
        default -> {
          byte[] reply = reply(asked);
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
        }
      }
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] reply(byte[] bytes) throws IOException {
    if (answer == Answer.GARBAGE) {
      return "no structure at all".getBytes(StandardCharsets.UTF_8);
    }
    if (answer == Answer.TOO_BIG) {
      return new byte[TimeStamp.BYTES_MAX + 1];
    }
    try {
      TimeStampRequest asked = new TimeStampRequest(bytes);
      TimeStampTokenGenerator tokens =
          new TimeStampTokenGenerator(
              new JcaSimpleSignerInfoGeneratorBuilder()
                  .build(
                      SIGNATURE,
                      (answer == Answer.SIGNED_BY_OTHER_KEY ? otherKey : key).getPrivate(),
                      certificate),
              new JcaDigestCalculatorProviderBuilder()
                  .build()
                  .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
              POLICY);
      tokens.addCertificates(new JcaCertStore(List.of(certificate, root)));
      TimeStampResponseGenerator generator =
          new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED);
      BigInteger number = BigInteger.valueOf(serial.getAndIncrement());
      Date now = Date.from(Instant.now());
      TimeStampResponse made =
          switch (answer) {
            case OF_OTHER_BYTES ->
                generator.generate(request(new byte[32], asked.getNonce()), number, now);
            case OF_OTHER_NONCE ->
                generator.generate(
                    request(asked.getMessageImprintDigest(), BigInteger.TEN), number, now);
            case BEFORE_ITS_CERTIFICATE ->
                generator.generate(
                    asked, number, Date.from(Instant.now().minus(Duration.ofDays(9))));
            case REFUSED ->
                generator.generateFailResponse(
                    PKIStatus.REJECTION, PKIFailureInfo.systemFailure, "not today");
            default -> generator.generate(asked, number, now);
          };
      byte[] good = made.getEncoded();
      return answer == Answer.CUT_SHORT ? Arrays.copyOf(good, good.length - 40) : good;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static TimeStampRequest request(byte[] digest, BigInteger nonce) {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    return generator.generate(TSPAlgorithms.SHA256, digest, nonce);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
