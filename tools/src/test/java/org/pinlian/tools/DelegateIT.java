// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.client.PinlianClient;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.record.Draft;
import org.pinlian.record.Submissions;
import org.pinlian.v1.AttestedSubmissionGrpc;
import org.pinlian.v1.AttestedSubmitReply;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Record;

/** One service provider acts for two firms; one of them ends that. */
class DelegateIT {
  private static final String SERVICE = "gln:9520000002039";
  private static final String FIRM = "uscc:93000000MA00000669";
  private static final String OTHER = "uscc:91000000MA0000074A";

  @TempDir Path scratch;

  private String gateway = "";
  private String policy = "";
  private int lots;

  @Test
  void eachFirmIsSignedForUnderItsOwnDelegationUntilItEndsIt() throws Exception {
    Path data = scratch.resolve("data");
    String service = keygen("service");
    keygen("firm");
    keygen("other");
    JsonNode firmToken = good("token");
    JsonNode otherToken = good("token");
    try (Spawned up =
        Spawned.pinlian(
            scratch,
            "up",
            "--data",
            data.toString(),
            "--port",
            "0",
            "--ready-file",
            scratch.resolve("ready.json").toString(),
            "--attest-as",
            SERVICE,
            "--attest-key",
            scratch.resolve("service.pem").toString(),
            "--service-token",
            firmToken.path("digest").asText() + "=" + FIRM,
            "--service-token",
            otherToken.path("digest").asText() + "=" + OTHER,
            "--json")) {
      JsonNode ready = up.awaitReady(scratch.resolve("ready.json"));
      gateway = ready.path("address").asText();
      policy = ready.path("policy").asText();
      enrol(ready, SERVICE, "service", "gateway", "示例代签服务");
      enrol(ready, FIRM, "firm", "producer", "示例一厂");
      enrol(ready, OTHER, "other", "collector", "示例二行");

      signedFor(FIRM, "NO_DELEGATION");
      delegate(
          "firm", FIRM, service, "--kinds", "trace-event,custody-offer", "--until", "2099-12-31");
      delegate("other", OTHER, service, "--kinds", "trace-event", "--until", "2099-12-31");
      signedFor(FIRM, null);
      signedFor(OTHER, null);
      tellsWhoSignedForWhom();

      try (Caller firm = new Caller(firmToken);
          Caller other = new Caller(otherToken)) {
        firm.submits(drafts(FIRM, false));
        other.submits(drafts(OTHER, false));
        firm.submits(drafts(FIRM, true));
        other.refused("KIND_NOT_DELEGATED", drafts(OTHER, true));

        delegate("firm", FIRM, service, "--end");
        signedFor(FIRM, "NO_DELEGATION");
        signedFor(OTHER, null);
        firm.refused("NO_DELEGATION", drafts(FIRM, false));
        other.submits(drafts(OTHER, false));

        delegate("other", OTHER, service, "--kinds", "trace-event", "--until", "2020-01-01");
        other.refused("DELEGATION_EXPIRED", drafts(OTHER, false));
      }
      try (Caller stranger = new Caller(good("token"))) {
        stranger.refused("NOT_LOGGED_IN", drafts(FIRM, false));
      }
      assertEquals(0, up.terminate(), up.said());
    }
    Ran audit = Ran.pinlian("audit", "--data", data.toString(), "--json");
    assertEquals(0, audit.exit(), audit.out());
  }

  private void tellsWhoSignedForWhom() {
    JsonNode record = good(trace()).path("records").path(0);
    assertEquals(FIRM, record.path("signer").asText());
    assertEquals(SERVICE, record.path("attestedBy").path("participant").asText());
    Ran text = Ran.pinlian(trace());
    assertTrue(text.out().contains("由网关代签 attested by gateway 示例代签服务"), text.out() + text.err());
  }

  private String[] trace(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "trace",
                "urn:pinlian:lot:" + FIRM + ":L2",
                "--gateway",
                gateway,
                "--policy",
                policy,
                "--key",
                scratch.resolve("firm.pem").toString(),
                "--as",
                FIRM));
    command.addAll(List.of(more));
    return command.toArray(new String[0]);
  }

  /** A firm's system, which has a token and no key. */
  private final class Caller implements AutoCloseable {
    private final ManagedChannel channel;
    private final AttestedSubmissionGrpc.AttestedSubmissionBlockingStub stub;
    private final SecureRandom random = new SecureRandom();

    Caller(JsonNode token) {
      Address address = Address.parse(gateway);
      channel = PinlianClient.plain(address.host(), address.port());
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + token.path("token").asText());
      stub =
          AttestedSubmissionGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private AttestedSubmitRequest request(List<Draft> drafts) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      List<Record> records = drafts.stream().map(draft -> draft.seal(random)).toList();
      return AttestedSubmitRequest.newBuilder()
          .setSubmissionId(ByteString.copyFrom(id))
          .addAllRecords(records)
          .build();
    }

    /** And again, as after an answer that got lost. */
    void submits(List<Draft> drafts) throws Exception {
      AttestedSubmitRequest request = request(drafts);
      AttestedSubmitReply first = stub.submit(request);
      AttestedSubmitReply again = stub.submit(request);

      assertFalse(first.getDuplicate());
      assertTrue(again.getDuplicate());
      assertEquals(first.getReceipt().getEntry(), again.getReceipt().getEntry());
      var policyRead = Policies.read(Path.of(policy));
      var receipt = new ReceiptVerifier(policyRead).verify(again.getReceipt());
      assertEquals(SERVICE, receipt.header().getSubmitter());
      assertEquals(
          ByteString.copyFrom(
              Submissions.attestationDigest(
                      org.pinlian.merkle.HashAlgorithm.SHA_256, again.getAttestation())
                  .bytes()),
          receipt.header().getAttestation());
    }

    void refused(String code, List<Draft> drafts) throws Exception {
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> stub.submit(request(drafts)));
      assertEquals(
          code,
          Objects.requireNonNull(StatusProto.fromThrowable(refused))
              .getDetails(0)
              .unpack(ErrorInfo.class)
              .getReason(),
          refused.getMessage());
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  // Commands -------------------------------------------------------------------------------------

  private String keygen(String name) {
    return good("keygen", "-o", scratch.resolve(name + ".pem").toString()).path("keyId").asText();
  }

  private void enrol(JsonNode ready, String participant, String key, String role, String name) {
    good(
        "enrol",
        "--gateway",
        gateway,
        "--policy",
        policy,
        "--key",
        ready.path("authorityKey").asText(),
        "--as",
        ready.path("authority").asText(),
        "--participant",
        participant,
        "--name",
        name,
        "--role",
        role,
        "--region",
        "000000",
        "--public-key",
        scratch.resolve(key + ".pem.pub").toString());
  }

  private void delegate(String key, String principal, String keyId, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "delegate",
                "--gateway",
                gateway,
                "--policy",
                policy,
                "--key",
                scratch.resolve(key + ".pem").toString(),
                "--as",
                principal,
                "--gateway-participant",
                SERVICE,
                "--gateway-key-id",
                keyId));
    command.addAll(List.of(more));
    good(command.toArray(new String[0]));
  }

  /** By the provider itself, with its key. */
  private void signedFor(String principal, @Nullable String refusedWith) throws Exception {
    Path file = scratch.resolve("records.json");
    Files.writeString(file, json(principal, false));
    Ran ran =
        Ran.pinlian(
            "submit",
            "--json",
            "--gateway",
            gateway,
            "--policy",
            policy,
            "--key",
            scratch.resolve("service.pem").toString(),
            "--as",
            SERVICE,
            "--for",
            principal,
            file.toString());
    assertEquals(refusedWith == null ? 0 : 3, ran.exit(), ran.err());
    if (refusedWith != null) {
      assertEquals(refusedWith, ran.json().path("error").path("code").asText());
    }
  }

  private List<Draft> drafts(String firm, boolean offer) {
    return RecordFile.parse(json(firm, offer), "test");
  }

  private String json(String firm, boolean offer) {
    String lines =
        "\"lines\": [{\"role\": \"object\", \"subject\": \"urn:pinlian:lot:"
            + firm
            + ":L"
            + ++lots
            + "\"}]";
    return offer
        ? "[{\"kind\": \"custody_offer\", \"public\": {\"offeredAt\":"
            + " \"2026-03-01T10:30:00+08:00\"}, "
            + lines
            + ", \"trade\": {\"receiver\": \""
            + OTHER
            + "\"}}]"
        : "[{\"kind\": \"trace_event\", \"public\": {\"type\": \"EVENT_TYPE_OBJECT\","
            + " \"action\": \"EVENT_ACTION_ADD\", \"eventTime\": \"2026-03-01T05:00:00+08:00\","
            + " \"zoneOffset\": \"+08:00\"}, "
            + lines
            + "}]";
  }

  private static JsonNode good(String... command) {
    String[] all = new String[command.length + 1];
    all[0] = command[0];
    all[1] = "--json";
    System.arraycopy(command, 1, all, 2, command.length - 1);
    Ran ran = Ran.pinlian(all);
    assertEquals(0, ran.exit(), String.join(" ", command) + "\n" + ran.err());
    return ran.json();
  }
}
