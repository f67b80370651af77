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

/** Asks the node whether it serves. Safe for use by many threads. */
public final class NodeHealth {
  private static final long DEADLINE_MILLIS = 2_000;

  private final Channel node;

  public NodeHealth(Channel node) {
    this.node = node;
  }

  /** Completes with false when the node says no, or nothing in time. Never fails. */
  public CompletableFuture<Boolean> serves() {
    CompletableFuture<Boolean> serves = new CompletableFuture<>();
    HealthGrpc.newStub(node)
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
        .check(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                serves.complete(response.getStatus() == ServingStatus.SERVING);
              }

              @Override
              public void onError(Throwable failed) {
                serves.complete(false);
              }

              @Override
              public void onCompleted() {
                serves.complete(false);
              }
            });
    return serves;
  }
}
