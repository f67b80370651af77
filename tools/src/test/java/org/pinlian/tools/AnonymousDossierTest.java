// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.client.PinlianClient;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.access.RateLimit;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NodeConfig;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.View;

/** Nobody tries all codes: what is there and what is not costs one and the same allowance. */
class AnonymousDossierTest {
  private static final int CALLS = 4;

  @TempDir Path temp;

  @Test
  void presenceAndAbsenceAreToldOnlySoOften() throws Exception {
    Path data = temp.resolve("data");
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
    }
    String present = Subject.keys(Actor.COOPERATIVE.id()).uri();
    String absent = "https://id.gs1.org/00/095200000000000011";
    for (String[] asked : new String[][] {{present, absent}, {absent, present}}) {
      try (LedgerServer server =
          LedgerServer.start(
              NodeConfig.defaults(data),
              new GatewayFile(
                  GatewayConfig.builder()
                      .host("127.0.0.1")
                      .port(0)
                      // None comes back within this test.
                      .addressLimit(new RateLimit(1e-6, CALLS, 1e9, 1e9))
                      .build(),
                  null,
                  null,
                  null))) {
        ManagedChannel channel =
            PinlianClient.plain(server.address().host(), server.address().port());
        try {
          for (int i = 0; i < CALLS; i++) {
            assertFalse(ask(channel, asked[0]).isEmpty());
          }
          for (String subject : asked) {
            StatusRuntimeException refused =
                assertThrows(StatusRuntimeException.class, () -> ask(channel, subject));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
          }
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  private static com.google.protobuf.ByteString ask(ManagedChannel channel, String subject) {
    return DossiersGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .getDossier(
            DossierRequest.newBuilder().setSubject(subject).setView(View.VIEW_CONSUMER).build())
        .getDossier();
  }
}
