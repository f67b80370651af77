// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;

/**
 * How a gateway speaks TLS with its callers.
 *
 * @param identity what the gateway shows
 * @param callers whose X.509 certificates it takes; null if it asks for none. One that is shown and
 *     not good ends the connection, whether or not one is required
 * @param required whether a caller must show one
 */
public record GatewayTls(TlsIdentity identity, @Nullable PeerTrust callers, boolean required) {
  private static final Duration HANDSHAKE_MAX = Duration.ofSeconds(10);

  public GatewayTls {
    if (required && callers == null) {
      throw new IllegalArgumentException("certificates are required, but nobody's are trusted");
    }
  }

  HttpServerOptions applyTo(HttpServerOptions options) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setKeyCertOptions(KeyCertOptions.wrap(identity))
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(HANDSHAKE_MAX.toMillis());
    if (callers != null) {
      options
          .setTrustOptions(TrustOptions.wrap(callers))
          .setClientAuth(required ? ClientAuth.REQUIRED : ClientAuth.REQUEST);
    }
    return options;
  }
}
