// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.UUID;
import org.pinlian.node.admission.Refused;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.storage.StorageException;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.RefusalTable;
import org.pinlian.record.WireNames;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Outcomes to status, and nowhere else. Each status carries an ErrorInfo with a RefusalCode. */
final class Statuses {
  private static final Logger log = LoggerFactory.getLogger(Statuses.class);

  private Statuses() {}

  static Status refused(Refused refused) {
    FieldViolation first = refused.violations().get(0);
    BadRequest.Builder fields = BadRequest.newBuilder();
    for (FieldViolation violation : refused.violations()) {
      fields.addFieldViolations(
          BadRequest.FieldViolation.newBuilder()
              .setField(violation.path())
              .setDescription(violation.message())
              .setReason(violation.code().name()));
    }
    return status(refused.code(), first.path() + ": " + first.message())
        .addDetails(Any.pack(fields.build()))
        .build();
  }

  static Status overloaded(long retryAfterMillis) {
    return comeBack(
        RefusalCode.OVERLOADED, "the ledger is busy; send the same bytes again", retryAfterMillis);
  }

  static Status tooManyTraces(long retryAfterMillis) {
    return comeBack(
        RefusalCode.RATE_LIMITED, "more traces open than one reader may have", retryAfterMillis);
  }

  private static Status comeBack(RefusalCode code, String message, long retryAfterMillis) {
    return status(code, message)
        .addDetails(
            Any.pack(
                RetryInfo.newBuilder()
                    .setRetryDelay(
                        Duration.newBuilder()
                            .setSeconds(retryAfterMillis / 1000)
                            .setNanos((int) (retryAfterMillis % 1000) * 1_000_000))
                    .build()))
        .build();
  }

  static Status stopping() {
    return status(
            RefusalCode.SHUTTING_DOWN,
            "the node is stopping; send the same bytes again, the outcome is not known")
        .build();
  }

  static Status of(RefusalCode code, String message) {
    return status(code, message).build();
  }

  static StatusRuntimeException exception(Status status) {
    return StatusProto.toStatusRuntimeException(status);
  }

  /**
   * For whatever a reading service throws. Faults of our own are logged under an id that is told.
   */
  static Status thrown(Throwable cause) {
    return switch (cause) {
      case NotReadableException e -> of(e.code(), String.valueOf(e.getMessage()));
      case DamagedRecordException e ->
          logged(RefusalCode.STORED_DATA_DAMAGED, "stored bytes do not match their hashes", e);
      case StorageException e when e.kind() == StorageException.Kind.DAMAGED ->
          logged(RefusalCode.STORED_DATA_DAMAGED, "stored bytes are damaged", e);
      default -> logged(RefusalCode.INTERNAL, "a fault of the node's own", cause);
    };
  }

  private static Status logged(RefusalCode code, String message, Throwable cause) {
    String id = UUID.randomUUID().toString();
    log.error("{} ({})", message, id, cause);
    return of(code, message + "; the node's log has it under " + id);
  }

  static Status violation(RefusalCode code, String path, String message) {
    return refused(new Refused(code, List.of(new FieldViolation(path, code, message))));
  }

  private static Status.Builder status(RefusalCode code, String message) {
    RefusalRule rule = RefusalTable.rule(code);
    return Status.newBuilder()
        .setCode(rule.getGrpc().getNumber())
        .setMessage(message)
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder()
                    .setReason(code.name())
                    .setDomain(WireNames.ERROR_DOMAIN)
                    .build()))
        .addDetails(
            Any.pack(
                LocalizedMessage.newBuilder()
                    .setLocale("zh-CN")
                    .setMessage(rule.getChinese() + rule.getAdviceChinese())
                    .build()));
  }
}
