// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.pinlian.record.WireNames;

/** Asks the node whether it serves. Safe for use by many threads. */
public final class NodeHealth {
  private static final long DEADLINE_MILLIS = 2_000;

  private final Channel node;

  public NodeHealth(Channel node) {
    this.node = node;
  }

  /** Completes with false when the node says no, or nothing in time. Never fails. */
  public CompletableFuture<Boolean> serves() {
    return ask("").thenApply(status -> status == ServingStatus.SERVING);
  }

  /** Completes with true when the node says that stored bytes are damaged. Never fails. */
  public CompletableFuture<Boolean> storageDamaged() {
    return ask(WireNames.STORAGE_HEALTH)
        .thenCombine(serves(), (status, serves) -> serves && status == ServingStatus.NOT_SERVING);
  }

  private CompletableFuture<ServingStatus> ask(String service) {
    CompletableFuture<ServingStatus> told = new CompletableFuture<>();
    HealthGrpc.newStub(node)
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
        .check(
            HealthCheckRequest.newBuilder().setService(service).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                told.complete(response.getStatus());
              }

              @Override
              public void onError(Throwable failed) {
                told.complete(ServingStatus.UNKNOWN);
              }

              @Override
              public void onCompleted() {
                told.complete(ServingStatus.UNKNOWN);
              }
            });
    return told;
  }
}
