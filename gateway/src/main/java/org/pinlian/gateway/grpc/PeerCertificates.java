// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What a caller showed of itself when its connection was made. */
public final class PeerCertificates {
  private PeerCertificates() {}

  /** The caller's own first; none if it showed none, or the connection is plain. */
  public static List<X509Certificate> of(HttpConnection connection) {
    if (!connection.isSsl()) {
      return List.of();
    }
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : connection.peerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
    return chain;
  }
}
