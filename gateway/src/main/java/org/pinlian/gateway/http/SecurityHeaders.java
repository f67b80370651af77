// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.http.HttpServerResponse;

/** Headers that keep a browser from doing anything with an answer but showing it. */
final class SecurityHeaders {
  private SecurityHeaders() {}

  static void set(HttpServerResponse response) {
    response
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .putHeader("cross-origin-resource-policy", "same-origin")
        .putHeader("referrer-policy", "no-referrer")
        .putHeader("cache-control", "no-store");
  }
}
