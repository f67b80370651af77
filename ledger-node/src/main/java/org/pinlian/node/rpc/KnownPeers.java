// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.pinlian.transport.PeerTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks at each call whether the gateway's X.509 certificate is still good: a connection may stand
 * for longer than that, and a session that is resumed shows none.
 *
 * <p>It is told that the node is not available, not that it is not trusted: a gateway passes on
 * what the node says, and whoever submitted must send the same bytes again, elsewhere or later.
 */
public final class KnownPeers implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(KnownPeers.class);

  private final PeerTrust gateways;

  public KnownPeers(PeerTrust gateways) {
    this.gateways = gateways;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    try {
      gateways.requireStillTrusted(
          shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
    } catch (CertificateException refused) {
      log.warn(
          "Refused a call from {}: {}",
          call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
          refused.getMessage());
      call.close(
          Status.UNAVAILABLE.withDescription("the gateway's X.509 certificate is not trusted"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }

  private static List<X509Certificate> shown(@Nullable SSLSession session) {
    List<X509Certificate> chain = new ArrayList<>();
    if (session != null) {
      try {
        for (Certificate certificate : session.getPeerCertificates()) {
          chain.add((X509Certificate) certificate);
        }
      } catch (SSLPeerUnverifiedException none) {
        return List.of();
      }
    }
    return chain;
  }
}
