// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinlian.gateway.access.ServiceTokens.Digest;
import org.pinlian.identifier.ParticipantId;

/**
 * The callers that are set up to call with an X.509 certificate and cannot sign: its key makes TLS
 * connections and nothing else, because no ledger has it enrolled. Whoever steals it can have
 * signed what the firm delegated, until the certificate is revoked, and nothing more.
 *
 * <p>They are known by the SHA-256 of the certificate's SubjectPublicKeyInfo, so that a certificate
 * may be renewed over the same key. Whether it is good is for TLS to say. Immutable, so safe for
 * use by many threads.
 */
public final class ServiceCertificates {
  /** Nobody calls so. */
  public static final ServiceCertificates NONE = new ServiceCertificates(Map.of());

  private final Map<Digest, ParticipantId> participants;

  private ServiceCertificates(Map<Digest, ParticipantId> participants) {
    this.participants = Map.copyOf(participants);
  }

  /**
   * As they are set up.
   *
   * @param lines each the digest in hexadecimal digits, {@code =}, and the participant
   * @throws IllegalArgumentException naming the line that is none
   */
  public static ServiceCertificates parse(List<String> lines) {
    return new ServiceCertificates(ServiceTokens.participants(lines));
  }

  /** Whose it is; empty if nobody's. */
  public Optional<ParticipantId> find(X509Certificate certificate) {
    return participants.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(participants.get(digest(certificate)));
  }

  /** Of the key that a certificate is over. */
  public static Digest digest(X509Certificate certificate) {
    try {
      return new Digest(
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded()));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** How many there are. */
  public int size() {
    return participants.size();
  }
}
