// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * Whom we believe on a connection: who shows an X.509 certificate that chains to a configured
 * authority, is valid now, is on no revocation list, was issued for the purpose, and has one of the
 * names we expect. The path is validated by Bouncy Castle (RFC 5280); the files are read again when
 * they change, and a list that has run out refuses everybody.
 *
 * <p>The JDK compares no host names where a trust manager of this type is given. This one does so
 * itself: a server must have a name that was configured, or else the name that was called, and one
 * for which neither is known is refused. Safe for use by many threads.
 */
public final class PeerTrust extends X509ExtendedTrustManager {
  private static final String PROTOCOL = "TLSv1.3";
  private static final String FOR_SERVERS = "1.3.6.1.5.5.7.3.1";
  private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";
  private static final int CHAIN_MAX = 8;
  private static final int RSA_BITS_MIN = 2048;
  private static final int RECHECKED_MAX = 4_096;
  private static final Duration RECHECK_AFTER = Duration.ofSeconds(5);

  /** An object of our own: nothing is installed for the whole process. */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final Watched<Known> files;
  private final Set<String> names;
  private final Clock clock;

  // Guarded by itself. Those who passed lately, so that asking again at each call costs nothing.
  private final Map<X509Certificate, Passed> lately =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<X509Certificate, Passed> eldest) {
          return size() > RECHECKED_MAX;
        }
      };

  private record Passed(int version, long untilMillis) {}

  private record Known(
      Set<TrustAnchor> anchors, List<X509Certificate> authorities, List<X509CRL> lists) {}

  private PeerTrust(Watched<Known> files, Set<String> names, Clock clock) {
    this.files = files;
    this.names = names;
    this.clock = clock;
  }

  /**
   * @param names of the peers that are meant, as DNS names in their certificates; of servers, if it
   *     is empty, the host that was called; of clients, if it is empty, whoever the authorities
   *     certified
   * @param report gets a sentence whenever the files were read anew, or could not be
   * @throws IOException if the files are not good now
   */
  public static PeerTrust ofFiles(
      TrustFiles trusted, Collection<String> names, Clock clock, Consumer<String> report)
      throws IOException {
    return new PeerTrust(
        new Watched<>(trusted.all(), () -> known(trusted.read()), report),
        names.stream().map(Peer::plain).collect(Collectors.toUnmodifiableSet()),
        clock);
  }

  private static Known known(TrustFiles.Held held) {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate authority : held.authorities()) {
      anchors.add(new TrustAnchor(authority, null));
    }
    return new Known(anchors, held.authorities(), held.lists());
  }

  // Asked by TLS ---------------------------------------------------------------------------------

  @Override
  public void checkClientTrusted(
      X509Certificate @Nullable [] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    requireProtocol(engine == null ? null : engine.getHandshakeSession());
    requireClient(shown(chain));
  }

  @Override
  public void checkClientTrusted(
      X509Certificate @Nullable [] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    requireProtocol(socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
    requireClient(shown(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate @Nullable [] chain, String authType)
      throws CertificateException {
    requireClient(shown(chain));
  }

  @Override
  public void checkServerTrusted(
      X509Certificate @Nullable [] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    requireProtocol(engine == null ? null : engine.getHandshakeSession());
    requireServer(shown(chain), engine == null ? null : engine.getPeerHost());
  }

  @Override
  public void checkServerTrusted(
      X509Certificate @Nullable [] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    SSLSession session = socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null;
    requireProtocol(session);
    requireServer(shown(chain), session == null ? null : session.getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate @Nullable [] chain, String authType)
      throws CertificateException {
    requireServer(shown(chain), null);
  }

  /** Told to clients, so that one with several certificates knows which to show. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return files.get().value().authorities().toArray(new X509Certificate[0]);
  }

  private static List<X509Certificate> shown(X509Certificate @Nullable [] chain)
      throws CertificateException {
    if (chain == null || chain.length == 0) {
      throw new CertificateException("no certificate was shown");
    }
    return List.of(chain);
  }

  private static void requireProtocol(@Nullable SSLSession session) throws CertificateException {
    if (session != null && !session.getProtocol().equals(PROTOCOL)) {
      throw new CertificateException("only " + PROTOCOL + ", not " + session.getProtocol());
    }
  }

  // Asked by us ----------------------------------------------------------------------------------

  /**
   * Whether a client whose connection stands would still be let in. TLS asks when a connection is
   * made and may skip it when one is resumed; whoever serves calls asks at each of them. What it
   * finds is good for a few seconds.
   *
   * @throws CertificateException if not, with the reason
   */
  public void requireStillTrusted(List<X509Certificate> chain) throws CertificateException {
    if (chain.isEmpty()) {
      throw new CertificateException("no certificate was shown");
    }
    int version = files.get().number();
    long now = clock.millis();
    X509Certificate own = chain.get(0);
    synchronized (lately) {
      Passed passed = lately.get(own);
      if (passed != null && passed.version() == version && now < passed.untilMillis()) {
        return;
      }
    }
    requireClient(chain);
    synchronized (lately) {
      lately.put(own, new Passed(version, now + RECHECK_AFTER.toMillis()));
    }
  }

  /**
   * A number that changes when the files that say whom to believe were read anew: whoever keeps a
   * connection to a server then makes it again, because TLS asks only when one is made.
   */
  public int version() {
    return files.get().number();
  }

  private void requireClient(List<X509Certificate> chain) throws CertificateException {
    X509Certificate client = chain.get(0);
    requirePath(chain);
    requirePurpose(client, FOR_CLIENTS, "clients");
    if (!names.isEmpty() && !Peer.isOneOf(client, names)) {
      throw new CertificateException(Peer.name(client) + " is none of " + names);
    }
  }

  private void requireServer(List<X509Certificate> chain, @Nullable String host)
      throws CertificateException {
    X509Certificate server = chain.get(0);
    requirePath(chain);
    requirePurpose(server, FOR_SERVERS, "servers");
    if (!names.isEmpty()) {
      if (!Peer.isOneOf(server, names)) {
        throw new CertificateException(Peer.name(server) + " is none of " + names);
      }
    } else if (host == null || host.isEmpty()) {
      throw new CertificateException("not known which host was called");
    } else if (!Peer.answersFor(server, host)) {
      throw new CertificateException(Peer.name(server) + " is not good for the host " + host);
    }
  }

  private void requirePath(List<X509Certificate> chain) throws CertificateException {
    if (chain.size() > CHAIN_MAX) {
      throw new CertificateException("a chain of " + chain.size() + ", at most " + CHAIN_MAX);
    }
    for (X509Certificate certificate : chain) {
      requireStrength(certificate);
    }
    X509Certificate own = chain.get(0);
    Known known = files.get().value();
    Date now = Date.from(clock.instant());
    try {
      PKIXParameters parameters = new PKIXParameters(known.anchors());
      parameters.setDate(now);
      parameters.setRevocationEnabled(!known.lists().isEmpty());
      parameters.addCertStore(
          CertStore.getInstance(
              "Collection", new CollectionCertStoreParameters(known.lists()), BOUNCY_CASTLE));
      List<X509Certificate> path = below(chain, known.authorities());
      PKIXCertPathValidatorResult validated =
          (PKIXCertPathValidatorResult)
              CertPathValidator.getInstance("PKIX", BOUNCY_CASTLE)
                  .validate(
                      CertificateFactory.getInstance("X.509", BOUNCY_CASTLE).generateCertPath(path),
                      parameters);
      // Where a path ends is trusted as it is, says RFC 5280; an authority that is over is not.
      X509Certificate top = validated.getTrustAnchor().getTrustedCert();
      top.checkValidity(now);
      requireOnNoList(path, top, known.lists());
    } catch (GeneralSecurityException | RuntimeException refused) {
      // Bouncy Castle throws unchecked exceptions at some kinds of malformed extensions.
      throw new CertificateException(
          Peer.name(own) + " is not trusted: " + refused.getMessage(), refused);
    }
  }

  /**
   * To RFC 5280 one current list of an authority is enough, whichever it is. Where the one before
   * the newest lies beside it and is not over yet, that must not hide what was revoked since.
   */
  private static void requireOnNoList(
      List<X509Certificate> path, X509Certificate top, List<X509CRL> lists)
      throws GeneralSecurityException {
    for (int i = 0; i < path.size(); i++) {
      X509Certificate certificate = path.get(i);
      X509Certificate issuer = i + 1 < path.size() ? path.get(i + 1) : top;
      for (X509CRL list : lists) {
        if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
            && list.getRevokedCertificate(certificate.getSerialNumber()) != null
            && isSignedBy(list, issuer)) {
          throw new CertificateException(Peer.name(certificate) + " was revoked");
        }
      }
    }
  }

  /** Two authorities may have one name, as when one was given a new key. */
  private static boolean isSignedBy(X509CRL list, X509Certificate issuer) {
    try {
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  /** Some send the authority along; a path goes up to it and does not hold it. */
  private static List<X509Certificate> below(
      List<X509Certificate> chain, List<X509Certificate> authorities) {
    int end = 1;
    while (end < chain.size() && !authorities.contains(chain.get(end))) {
      end++;
    }
    return chain.subList(0, end);
  }

  private static void requireStrength(X509Certificate certificate) throws CertificateException {
    String algorithm = certificate.getSigAlgName();
    if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD")) {
      throw new CertificateException(Peer.name(certificate) + " is signed with " + algorithm);
    }
    if (certificate.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      throw new CertificateException(
          Peer.name(certificate) + " has an RSA key of fewer than " + RSA_BITS_MIN + " bits");
    }
  }

  /** One key, one use: whoever may call others may not thereby answer for a host. */
  private static void requirePurpose(X509Certificate own, String purpose, String who)
      throws CertificateException {
    if (own.getBasicConstraints() >= 0) {
      throw new CertificateException(Peer.name(own) + " is an authority's certificate");
    }
    boolean @Nullable [] usage = own.getKeyUsage();
    if (usage != null && !usage[0]) {
      throw new CertificateException(Peer.name(own) + " may not sign");
    }
    List<String> purposes;
    try {
      purposes = own.getExtendedKeyUsage();
    } catch (CertificateParsingException unreadable) {
      purposes = null;
    }
    if (purposes == null || !purposes.contains(purpose)) {
      throw new CertificateException(Peer.name(own) + " has no extended key usage for TLS " + who);
    }
  }
}
