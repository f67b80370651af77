// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.AttestedSubmissionGrpc;
import org.pinlian.v1.AttestedSubmitReply;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.LedgerHash;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.Record;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmissionKey;
import org.pinlian.v1.SubmitReply;

/**
 * The service {@code AttestedSubmission}: signs for those who cannot, as what they have delegated.
 * Whether they have is the node's to judge, as of every submission. Blocks while it asks the node;
 * safe for use by many threads.
 */
final class AttestedCalls {
  static final String SERVICE = AttestedSubmissionGrpc.SERVICE_NAME;

  /** Each may hold a submission of 4 MiB a few times over. */
  private static final int AT_ONCE_MAX = 32;

  /** One firm that sends and sends while the node is slow must not keep the others out. */
  private static final int AT_ONCE_PER_CALLER_MAX = 8;

  private static final Duration NODE_DEADLINE = Duration.ofSeconds(20);
  private static final byte[] ID_PURPOSE =
      "pinlian/attested-submission/v1\n".getBytes(StandardCharsets.UTF_8);

  private final Channel node;
  private final Attesting attesting;
  private final InstantSource clock;
  private final Salting salting;
  private final Semaphore atOnce = new Semaphore(AT_ONCE_MAX);
  private final ConcurrentHashMap<String, Integer> underWay = new ConcurrentHashMap<>();
  private volatile @Nullable Ledger ledger;

  /** What headers are signed for. A node has one for as long as it runs. */
  private record Ledger(HashAlgorithm hash, Hash genesis) {}

  AttestedCalls(Channel node, Attesting attesting, InstantSource clock) {
    this.node = node;
    this.attesting = attesting;
    this.clock = clock;
    this.salting = new Salting(attesting.key());
  }

  /** Answers one call of a caller who is logged in. */
  Answer answer(Caller caller, byte[] message) {
    AttestedSubmitRequest request;
    try {
      request = Submissions.readAttestedRequest(ByteString.copyFrom(message));
    } catch (RecordException refused) {
      return new Answer.Refused(GatewayStatus.refused(refused));
    }
    if (request.getSubmissionId().size() != Limits.SUBMISSION_ID_BYTES) {
      return new Answer.Refused(
          GatewayStatus.badField(
              "submission_id has "
                  + request.getSubmissionId().size()
                  + " bytes, not "
                  + Limits.SUBMISSION_ID_BYTES));
    }
    if (!enter(caller.name())) {
      return new Answer.Refused(GatewayStatus.overloaded());
    }
    try {
      return submit(ParticipantId.parse(caller.name()), request);
    } catch (IdentifierException | RecordException refused) {
      return new Answer.Refused(GatewayStatus.refused(refused));
    } catch (InvalidProtocolBufferException unreadable) {
      return new Answer.Refused(GatewayStatus.malformed("a record of which a part is no message"));
    } catch (StatusRuntimeException failed) {
      return new Answer.Refused(GatewayStatus.ofNode(failed));
    } finally {
      leave(caller.name());
    }
  }

  private boolean enter(String caller) {
    if (!atOnce.tryAcquire()) {
      return false;
    }
    if (underWay.merge(caller, 1, Integer::sum) > AT_ONCE_PER_CALLER_MAX) {
      leave(caller);
      return false;
    }
    return true;
  }

  private void leave(String caller) {
    underWay.computeIfPresent(caller, (_, calls) -> calls == 1 ? null : calls - 1);
    atOnce.release();
  }

  private Answer submit(ParticipantId principal, AttestedSubmitRequest request)
      throws RecordException, InvalidProtocolBufferException {
    Ledger signedFor = ledger();
    ByteString id = submissionId(principal, request.getSubmissionId());
    List<Record> records = salting.salted(id, request.getRecordsList());
    SignedSubmission signed =
        SignedSubmission.attest(
            signedFor.hash(),
            signedFor.genesis(),
            attesting.gateway(),
            attesting.key(),
            Attestation.newBuilder()
                .setSalt(salting.salt(id, "attestation"))
                .setPrincipal(principal.toString())
                .build(),
            id,
            records,
            clock.instant());
    AttestedSubmitReply.Builder reply = AttestedSubmitReply.newBuilder();
    if (!records.equals(request.getRecordsList())) {
      reply.addAllRecords(records);
    }
    try {
      SubmitReply taken =
          SubmissionGrpc.newBlockingStub(node)
              .withDeadlineAfter(NODE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
              .submit(signed.request());
      return new Answer.Reply(
          reply
              .setReceipt(taken.getReceipt())
              .setDuplicate(taken.getDuplicate())
              .setAttestation(signed.request().getAttestation())
              .build());
    } catch (StatusRuntimeException refused) {
      // The header was signed anew, and is another: what counts is whether the records are the
      // same.
      Optional<Receipt> before =
          refused.getStatus().getCode() == Status.Code.ALREADY_EXISTS
              ? receiptOfTheSame(signed.header())
              : Optional.empty();
      if (before.isEmpty()) {
        throw refused;
      }
      reply.setReceipt(before.get()).setDuplicate(true);
      if (header(before.get()).getAttestation().equals(signed.header().getAttestation())) {
        reply.setAttestation(signed.request().getAttestation());
      }
      return new Answer.Reply(reply.build());
    }
  }

  /** Of the entry that has this id; empty if it holds other records. */
  private Optional<Receipt> receiptOfTheSame(SubmissionHeader header) throws RecordException {
    Metadata reader = new Metadata();
    reader.put(GrpcCalls.READER, attesting.gateway().toString());
    Receipt receipt =
        LogGrpc.newBlockingStub(node)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(reader))
            .withDeadlineAfter(NODE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
            .getReceipt(
                GetReceiptRequest.newBuilder()
                    .setSubmission(
                        SubmissionKey.newBuilder()
                            .setSubmitter(header.getSubmitter())
                            .setSubmissionId(header.getSubmissionId()))
                    .build());
    return header(receipt).getRecordsRoot().equals(header.getRecordsRoot())
        ? Optional.of(receipt)
        : Optional.empty();
  }

  private static SubmissionHeader header(Receipt receipt) throws RecordException {
    return Submissions.readHeader(
        Submissions.readEntry(receipt.getEntry()).getSubmission().getHeader());
  }

  private Ledger ledger() throws RecordException {
    Ledger known = ledger;
    if (known == null) {
      ByteString genesis =
          LogGrpc.newBlockingStub(node)
              .withDeadlineAfter(NODE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
              .getLedger(GetLedgerRequest.getDefaultInstance())
              .getGenesis();
      HashAlgorithm hash =
          Submissions.readEntry(genesis).getGenesis().getHash() == LedgerHash.LEDGER_HASH_SM3
              ? HashAlgorithm.SM3
              : HashAlgorithm.SHA_256;
      known = new Ledger(hash, hash.leaf(genesis.toByteArray()));
      ledger = known;
    }
    return known;
  }

  /** The entry's id: as good as the caller's, and no other caller's. */
  private static ByteString submissionId(ParticipantId principal, ByteString callers) {
    byte[] digest =
        HashAlgorithm.SHA_256
            .begin()
            .bytes(ID_PURPOSE)
            .bytes((principal + "\n").getBytes(StandardCharsets.UTF_8))
            .bytes(callers.toByteArray())
            .finish()
            .bytes();
    return ByteString.copyFrom(digest, 0, Limits.SUBMISSION_ID_BYTES);
  }
}
