// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Selector;
import org.pinlian.merkle.Hash;

/**
 * A time stamp that was checked (RFC 3161): that these bytes existed at this time, in the word of
 * whoever holds the key of the certificate in it. Whether that certificate is anybody's is known
 * only where roots were given.
 *
 * @param at as the service says
 * @param authority subject of its certificate
 * @param trusted whether the certificate leads to one of the roots given, as of then; revocation
 *     was not asked about
 */
public record TimeStamp(Instant at, String authority, boolean trusted) {
  /** The most bytes of a request, and of an answer with its certificates. */
  public static final int BYTES_MAX = 64 << 10;

  private static final int NONCE_BITS = 64;
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  /** A request for a stamp over this hash, with a nonce, which asks for the certificate too. */
  public static byte[] request(Hash sha256, SecureRandom random) {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    try {
      return generator
          .generate(TSPAlgorithms.SHA256, sha256.bytes(), new BigInteger(NONCE_BITS, random))
          .getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Checks an answer: granted, to this request, over this hash, signed with the certificate in it,
   * which is one for time stamps and was valid then.
   *
   * @param roots to which the certificate must lead; empty to leave that open
   * @throws EvidenceException if anything does not hold
   */
  public static TimeStamp check(
      byte[] request, byte[] response, Hash sha256, Collection<X509Certificate> roots)
      throws EvidenceException {
    try {
      return checked(request, response, sha256, roots);
    } catch (TSPException | IOException | OperatorCreationException e) {
      throw new EvidenceException("the time stamp is not good: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new EvidenceException(
          "the time stamp's certificate does not lead to a root given: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // The library reads a structure as it is asked for, and says so of a bad one in many ways.
      throw new EvidenceException("the time stamp cannot be read: " + e.getMessage(), e);
    }
  }

  private static TimeStamp checked(
      byte[] request, byte[] response, Hash sha256, Collection<X509Certificate> roots)
      throws TSPException,
          IOException,
          OperatorCreationException,
          GeneralSecurityException,
          EvidenceException {
    TimeStampRequest asked = new TimeStampRequest(request);
    if (!asked.getMessageImprintAlgOID().equals(TSPAlgorithms.SHA256)
        || !Hash.of(asked.getMessageImprintDigest()).equals(sha256)) {
      throw new EvidenceException("the time stamp was asked for other bytes");
    }
    if (asked.getNonce() == null) {
      throw new EvidenceException("the time stamp was asked for without a nonce");
    }
    TimeStampResponse answer = new TimeStampResponse(response);
    answer.validate(asked);
    TimeStampToken token = answer.getTimeStampToken();
    if (token == null) {
      String why = answer.getStatusString();
      throw new EvidenceException(
          "the service gave no time stamp: status "
              + answer.getStatus()
              + (why == null ? "" : ", " + why));
    }
    X509CertificateHolder signer = signer(token);
    token.validate(
        new JcaSimpleSignerInfoVerifierBuilder().setProvider(BOUNCY_CASTLE).build(signer));
    Date at = token.getTimeStampInfo().getGenTime();
    if (!roots.isEmpty()) {
      requireChain(signer, token, at, roots);
    }
    return new TimeStamp(at.toInstant(), signer.getSubject().toString(), !roots.isEmpty());
  }

  /** The certificate that it names as its own. */
  private static X509CertificateHolder signer(TimeStampToken token) throws EvidenceException {
    Selector<X509CertificateHolder> named = selector(token);
    Collection<X509CertificateHolder> found = token.getCertificates().getMatches(named);
    if (found.size() != 1) {
      throw new EvidenceException("the time stamp has not the one certificate of its signer");
    }
    return found.iterator().next();
  }

  @SuppressWarnings("unchecked") // the library's own type for it is raw
  private static Selector<X509CertificateHolder> selector(TimeStampToken token) {
    return token.getSID();
  }

  private static void requireChain(
      X509CertificateHolder signer,
      TimeStampToken token,
      Date at,
      Collection<X509Certificate> roots)
      throws GeneralSecurityException {
    JcaX509CertificateConverter converter =
        new JcaX509CertificateConverter().setProvider(BOUNCY_CASTLE);
    List<X509Certificate> known = new ArrayList<>();
    for (X509CertificateHolder holder : token.getCertificates().getMatches(null)) {
      known.add(converter.getCertificate(holder));
    }
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(converter.getCertificate(signer));
    Set<TrustAnchor> anchors =
        roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(at);
    var _ = CertPathBuilder.getInstance("PKIX", BOUNCY_CASTLE).build(parameters);
  }
}
