// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.RecordException;
import org.pinlian.record.RefusalTable;
import org.pinlian.record.WireNames;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;

/**
 * How a call ends. Every status that leaves the gateway is one of these: the node's own, passed on
 * as it came, or one of the outcomes named here, each with a {@link RefusalCode} as the reason.
 */
final class GatewayStatus {
  static final GatewayStatus OK = new GatewayStatus(Status.OK, new Metadata());

  /** When whoever finds no room is told to come back. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  // Written by the gateway itself for the connection it has, whatever the node's connection said.
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "content-type",
          "content-length",
          "transfer-encoding",
          "connection",
          "te",
          "trailer",
          "grpc-status",
          "grpc-message",
          "grpc-encoding",
          "grpc-accept-encoding");

  private final Status status;
  private final Metadata trailers;

  private GatewayStatus(Status status, Metadata trailers) {
    this.status = status;
    this.trailers = trailers;
  }

  /**
   * The node's own answer. Where it had no time for one, because it or the way to it is gone, the
   * caller is told that: what the transport says of a node is nobody else's business.
   */
  static GatewayStatus passedOn(Status status, Metadata trailers) {
    if (status.getCode() == Status.Code.UNAVAILABLE && !trailers.containsKey(DETAILS)) {
      return nodeUnavailable();
    }
    return new GatewayStatus(status, trailers);
  }

  /** The caller holds no token, or none that is still good, and needs one for this. */
  static GatewayStatus notLoggedIn() {
    return refusal(
        RefusalCode.NOT_LOGGED_IN, "log in first: no valid token came with the call", null);
  }

  /** Why a login failed is not said: whoever tries keys must not learn which of them exist. */
  static GatewayStatus loginRefused() {
    return refusal(
        RefusalCode.NOT_LOGGED_IN, "login refused: challenge, key or signature is not good", null);
  }

  /** The caller sends faster than allowed. */
  static GatewayStatus rateLimited(Duration retryAfter) {
    return comeBack(RefusalCode.RATE_LIMITED, "more calls than allowed:", retryAfter);
  }

  /** The caller has as many calls open as it may; each that ends makes room for another. */
  static GatewayStatus tooManyOpen() {
    return comeBack(
        RefusalCode.RATE_LIMITED, "more calls open than allowed: end some, or", RETRY_AFTER);
  }

  /** More waits for the caller's reading, or for the rest of its messages, than may. */
  static GatewayStatus tooMuchHeld() {
    return comeBack(
        RefusalCode.RATE_LIMITED,
        "more bytes unread or half sent than allowed: finish some calls, or",
        RETRY_AFTER);
  }

  /** The gateway has too much under way; the caller did nothing wrong. */
  static GatewayStatus overloaded() {
    return comeBack(RefusalCode.OVERLOADED, "too much is under way:", RETRY_AFTER);
  }

  private static GatewayStatus comeBack(RefusalCode reason, String why, Duration retryAfter) {
    return refusal(reason, why + " try again in " + retryAfter.toMillis() + " ms", retryAfter);
  }

  /** Sending it again would not help, so no delay is named. */
  static GatewayStatus messageTooLarge(int limit, long found) {
    return refusal(
        RefusalCode.MESSAGE_TOO_LARGE,
        "a message has " + found + " bytes, the limit is " + limit,
        null);
  }

  /** Compressed messages are not taken: the gateway would have to open what it passes on. */
  static GatewayStatus compressed() {
    return refusal(
        RefusalCode.COMPRESSED,
        "compressed messages are not accepted: send them as identity",
        null);
  }

  /** The bytes are not what gRPC or the call's message must be. */
  static GatewayStatus malformed(String what) {
    return refusal(RefusalCode.MALFORMED, what, null);
  }

  /** A header or field that can be read and says what it must not. */
  static GatewayStatus badField(String what) {
    return refusal(RefusalCode.BAD_FIELD, what, null);
  }

  /** What the caller sent cannot be signed. */
  static GatewayStatus refused(Exception cause) {
    return cause instanceof RecordException record
        ? refusal(record.code(), record.path() + ": " + record.getMessage(), null)
        : badField(String.valueOf(cause.getMessage()));
  }

  /** What the node said to a call of the gateway's own; if it said nothing, that it does not. */
  static GatewayStatus ofNode(StatusRuntimeException failed) {
    Metadata trailers = failed.getTrailers();
    return trailers != null && trailers.containsKey(DETAILS)
        ? passedOn(failed.getStatus(), trailers)
        : nodeUnavailable();
  }

  /** The service is there, but not here. */
  static GatewayStatus signsForNobody() {
    return refusal(RefusalCode.UNKNOWN_CALL, "this gateway signs for nobody", null);
  }

  static GatewayStatus unknownCall() {
    return refusal(RefusalCode.UNKNOWN_CALL, "no such service or method", null);
  }

  static GatewayStatus shuttingDown() {
    return refusal(RefusalCode.SHUTTING_DOWN, "the gateway is shutting down", null);
  }

  /** The node, needed for the gateway's own answer, did not answer. */
  static GatewayStatus nodeUnavailable() {
    return refusal(RefusalCode.NODE_UNAVAILABLE, "the node does not answer", null);
  }

  /** A fault of the gateway's own, logged under an id that the caller can name. */
  static GatewayStatus internal(String id) {
    return refusal(RefusalCode.INTERNAL, "internal fault, logged as " + id, null);
  }

  Status.Code code() {
    return status.getCode();
  }

  /** Writes code, message and trailers, as trailers or as the headers of an answer without body. */
  void writeTo(MultiMap headers) {
    copy(trailers, headers);
    headers.set("grpc-status", Integer.toString(status.getCode().value()));
    String description = status.getDescription();
    if (description != null) {
      headers.set("grpc-message", percentEncoded(description));
    }
  }

  /** Copies the node's metadata, except for what belongs to one connection only. */
  static void copy(Metadata from, MultiMap to) {
    for (String name : from.keys()) {
      if (OWN_HEADERS.contains(name)) {
        continue;
      }
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        Iterable<byte[]> values = from.getAll(key);
        if (values != null) {
          values.forEach(
              value -> to.add(name, Base64.getEncoder().withoutPadding().encodeToString(value)));
        }
      } else {
        Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        Iterable<String> values = from.getAll(key);
        if (values != null) {
          values.forEach(value -> to.add(name, value));
        }
      }
    }
  }

  @Override
  public String toString() {
    return status.getCode() + ": " + status.getDescription();
  }

  private static GatewayStatus refusal(
      RefusalCode reason, String message, @Nullable Duration retryAfter) {
    RefusalRule rule = RefusalTable.rule(reason);
    com.google.rpc.Status.Builder details =
        com.google.rpc.Status.newBuilder()
            .setCode(rule.getGrpc().getNumber())
            .setMessage(message)
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(reason.name())
                        .setDomain(WireNames.ERROR_DOMAIN)
                        .build()))
            .addDetails(
                Any.pack(
                    LocalizedMessage.newBuilder()
                        .setLocale("zh-CN")
                        .setMessage(rule.getChinese() + rule.getAdviceChinese())
                        .build()));
    if (retryAfter != null) {
      details.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(
                      com.google.protobuf.Duration.newBuilder()
                          .setSeconds(retryAfter.getSeconds())
                          .setNanos(retryAfter.getNano()))
                  .build()));
    }
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details.build().toByteArray());
    Status status = Status.fromCodeValue(rule.getGrpc().getNumber());
    return new GatewayStatus(status.withDescription(message), trailers);
  }

  /** As gRPC over HTTP/2 wants it: printable ASCII but the percent sign, the rest in hex. */
  private static String percentEncoded(String message) {
    StringBuilder encoded = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().toHexDigits(b).toUpperCase(Locale.ROOT));
      }
    }
    return encoded.toString();
  }
}
