// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException.Violation;
import org.pinlian.record.RefusalTable;
import org.pinlian.record.WireNames;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Remedy;

/**
 * A call that ended without its answer, and what to do about it.
 *
 * @param pause that the server asks for
 */
record Failure(
    Remedy remedy,
    RefusalCode code,
    String message,
    List<Violation> violations,
    @Nullable Duration pause,
    Throwable cause) {

  /** A server cannot make its client sleep for ever. */
  private static final long PAUSE_SECONDS_MAX = 60;

  static Failure of(Throwable thrown) {
    com.google.rpc.Status status = null;
    try {
      status = StatusProto.fromThrowable(thrown);
    } catch (IllegalArgumentException detailsContradictStatus) {
      thrown.addSuppressed(detailsContradictStatus);
    }
    if (status == null) {
      Status plain = Status.fromThrowable(thrown);
      status =
          com.google.rpc.Status.newBuilder()
              .setCode(plain.getCode().value())
              .setMessage(String.valueOf(plain.getDescription()))
              .build();
    }
    return of(status, thrown);
  }

  /** As on a stream, where a refusal is a reply. */
  static Failure of(com.google.rpc.Status status) {
    return of(status, StatusProto.toStatusRuntimeException(coded(status)));
  }

  /** A status of no known code would be an illegal argument to gRPC. */
  private static com.google.rpc.Status coded(com.google.rpc.Status status) {
    int code = Status.fromCodeValue(status.getCode()).getCode().value();
    return status.toBuilder().setCode(code == 0 ? Status.Code.UNKNOWN.value() : code).build();
  }

  private static Failure of(com.google.rpc.Status status, Throwable cause) {
    Status.Code code = Status.fromCodeValue(status.getCode()).getCode();
    Optional<RefusalCode> reason = Optional.empty();
    List<Violation> violations = new ArrayList<>();
    Duration pause = null;
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = reason(detail.unpack(ErrorInfo.class));
        } else if (detail.is(BadRequest.class)) {
          for (BadRequest.FieldViolation field :
              detail.unpack(BadRequest.class).getFieldViolationsList()) {
            violations.add(new Violation(field.getField(), field.getDescription()));
          }
        } else if (detail.is(RetryInfo.class)) {
          pause = pause(detail.unpack(RetryInfo.class));
        }
      }
    } catch (InvalidProtocolBufferException unreadable) {
      // What can be read of the status is enough to go on.
      cause.addSuppressed(unreadable);
    }
    return new Failure(
        reason.map(known -> RefusalTable.rule(known).getRemedy()).orElseGet(() -> remedy(code)),
        reason.orElse(RefusalCode.REFUSAL_CODE_UNSPECIFIED),
        code + " " + status.getMessage(),
        violations,
        pause,
        cause);
  }

  private static Optional<RefusalCode> reason(ErrorInfo info) {
    if (!info.getDomain().equals(WireNames.ERROR_DOMAIN)) {
      return Optional.empty();
    }
    // A refusal by a newer server is still a refusal.
    return RefusalTable.named(info.getReason())
        .or(() -> Optional.of(RefusalCode.REFUSAL_CODE_UNSPECIFIED));
  }

  private static @Nullable Duration pause(RetryInfo info) {
    long seconds = info.getRetryDelay().getSeconds();
    int nanos = info.getRetryDelay().getNanos();
    if (seconds < 0 || nanos < 0) {
      return null;
    }
    return Duration.ofSeconds(Math.min(seconds, PAUSE_SECONDS_MAX), nanos);
  }

  /**
   * Of a status without a reason of ours, which so comes from the transport or something in
   * between. Trying again with the same bytes is always safe, so only what cannot get better is
   * given up.
   */
  private static Remedy remedy(Status.Code code) {
    return switch (code) {
      case OK,
          CANCELLED,
          UNKNOWN,
          DEADLINE_EXCEEDED,
          RESOURCE_EXHAUSTED,
          ABORTED,
          INTERNAL,
          UNAVAILABLE ->
          Remedy.TRY_AGAIN;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          DATA_LOSS,
          UNAUTHENTICATED ->
          Remedy.GIVE_UP;
    };
  }

  /** Whether nobody said what became of what was sent. */
  boolean isSilence() {
    return remedy == Remedy.TRY_AGAIN
        && code != RefusalCode.OVERLOADED
        && code != RefusalCode.RATE_LIMITED;
  }

  RefusedException refused() {
    return new RefusedException(code, message, violations, cause);
  }
}
