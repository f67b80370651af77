// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.CheckpointVerifier;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.StoryVerifier;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.ReadOnlyNode;
import org.pinlian.v1.Direction;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.GetConsistencyRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.SubmissionKey;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.View;

/**
 * The operator at a folder that no node holds: sees records whole, and checks everything as anybody
 * else would, because a disk can lie too.
 */
final class FolderSession implements Session {
  private final ReadOnlyNode node;
  private final TrustPolicy policy;

  private FolderSession(ReadOnlyNode node, TrustPolicy policy) {
    this.node = node;
    this.policy = policy;
  }

  /**
   * @param policy null to take the folder's own word for which ledger it holds
   * @throws org.pinlian.node.storage.FolderInUseException if a node runs on it
   */
  static FolderSession open(Path data, @Nullable TrustPolicy policy)
      throws UnreachableException, VerificationException {
    if (!Files.isDirectory(data)) {
      throw CommandException.usage(
          "no such folder: " + data,
          "`pinlian demo` or `pinlian up` makes one; or name a --gateway.");
    }
    ReadOnlyNode node = ReadOnlyNode.open(data);
    try {
      return new FolderSession(
          node, policy == null ? PinlianClient.trustOnFirstUse(node.channel()) : policy);
    } catch (UnreachableException | VerificationException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  @Override
  public Story trace(Subject subject, Direction direction, TraceLimits limits)
      throws VerificationException {
    StoryVerifier verifier =
        new StoryVerifier(new CheckpointVerifier(policy), subject, direction, limits);
    Iterator<TraceReply> replies =
        ProvenanceGrpc.newBlockingStub(channel())
            .trace(
                limits
                    .in(TraceRequest.newBuilder().setSubject(subject.uri()).setDirection(direction))
                    .build());
    while (replies.hasNext()) {
      verifier.accept(replies.next());
    }
    return verifier.finish();
  }

  @Override
  public ProvenDossier dossier(Subject subject, View view, Duration greatestAge)
      throws VerificationException {
    ByteString bytes =
        DossiersGrpc.newBlockingStub(channel())
            .withMaxInboundMessageSize(DossierVerifier.BYTES_MAX)
            .getDossier(DossierRequest.newBuilder().setSubject(subject.uri()).setView(view).build())
            .getDossier();
    return new ProvenDossier(
        bytes,
        new DossierVerifier(policy)
            .verify(bytes.toByteArray(), subject, Instant.now(), greatestAge, null));
  }

  @Override
  public TrustPolicy policy() {
    return policy;
  }

  @Override
  public VerifiedReceipt receipt(long index) throws VerificationException {
    return receipt(index, false);
  }

  @Override
  public VerifiedReceipt receiptWithCose(long index) throws VerificationException {
    return receipt(index, true);
  }

  private VerifiedReceipt receipt(long index, boolean cose) throws VerificationException {
    VerifiedReceipt receipt =
        receipt(GetReceiptRequest.newBuilder().setIndex(index).setCose(cose).build());
    if (receipt.index() != index) {
      throw new VerificationException(BrokenRule.OTHER_INDEX, index, receipt.index());
    }
    return receipt;
  }

  @Override
  public VerifiedReceipt receipt(ParticipantId submitter, byte[] id) throws VerificationException {
    SubmissionKey key =
        SubmissionKey.newBuilder()
            .setSubmitter(submitter.toString())
            .setSubmissionId(ByteString.copyFrom(id))
            .build();
    VerifiedReceipt receipt = receipt(GetReceiptRequest.newBuilder().setSubmission(key).build());
    if (!receipt.header().getSubmitter().equals(key.getSubmitter())
        || !receipt.header().getSubmissionId().equals(key.getSubmissionId())) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION, "the submission asked for", "another");
    }
    return receipt;
  }

  private VerifiedReceipt receipt(GetReceiptRequest request) throws VerificationException {
    return new ReceiptVerifier(policy)
        .verify(LogGrpc.newBlockingStub(channel()).getReceipt(request));
  }

  private ManagedChannel channel() {
    return node.channel();
  }

  @Override
  public void requireExtends(Checkpoint older, Checkpoint newer) throws VerificationException {
    List<ByteString> path =
        newer.size() <= older.size()
            ? List.of()
            : LogGrpc.newBlockingStub(channel())
                .getConsistency(
                    GetConsistencyRequest.newBuilder()
                        .setFromSize(older.size())
                        .setToSize(newer.size())
                        .build())
                .getPathList();
    new CheckpointVerifier(policy).verifyExtends(older, newer, path);
  }

  @Override
  public void close() {
    node.close();
  }
}
