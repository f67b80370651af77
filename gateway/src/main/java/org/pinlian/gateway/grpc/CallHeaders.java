// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the headers of a call say. They come from anybody, and may say anything. */
public final class CallHeaders {
  private static final String BEARER = "bearer ";
  private static final int TIMEOUT_DIGITS_MAX = 8;

  private CallHeaders() {}

  /** How long the caller waits. */
  record Timeout(long amount, TimeUnit unit) {
    /** Of {@code grpc-timeout}: up to eight digits and the letter of a unit; else nothing. */
    static Optional<Timeout> parse(String text) {
      int digits = text.length() - 1;
      if (digits < 1 || digits > TIMEOUT_DIGITS_MAX) {
        return Optional.empty();
      }
      long amount = 0;
      for (int i = 0; i < digits; i++) {
        char digit = text.charAt(i);
        if (digit < '0' || digit > '9') {
          return Optional.empty();
        }
        amount = 10 * amount + digit - '0';
      }
      TimeUnit unit =
          switch (text.charAt(digits)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
          };
      return unit == null ? Optional.empty() : Optional.of(new Timeout(amount, unit));
    }
  }

  /** The token in an {@code authorization} header, if it has one. */
  static Optional<String> token(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(authorization.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  /** Whether messages come compressed, of which none is taken. */
  static boolean isCompressed(HttpServerRequest request) {
    String encoding = request.getHeader("grpc-encoding");
    return encoding != null && !encoding.equals("identity");
  }

  /** Whether a content type is gRPC of any kind, spoken here or not. */
  public static boolean isAnyGrpc(@Nullable String contentType) {
    return contentType != null && contentType.startsWith("application/grpc");
  }

  /** Whether a content type is gRPC as it is spoken here. */
  public static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals("application/grpc")
            || contentType.equals("application/grpc+proto")
            || contentType.startsWith("application/grpc;"));
  }
}
