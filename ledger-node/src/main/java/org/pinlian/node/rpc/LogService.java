// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.provenance.LogFeed;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.provenance.Reader;
import org.pinlian.node.provenance.Receipts;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Limits;
import org.pinlian.v1.CheckpointReply;
import org.pinlian.v1.ConsistencyReply;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowRequest;
import org.pinlian.v1.GetCheckpointRequest;
import org.pinlian.v1.GetConsistencyRequest;
import org.pinlian.v1.GetEntriesRequest;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.Ledger;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.ShownLogEntry;
import org.pinlian.v1.SubmissionKey;

/** Reads the log itself: what it is, its newest checkpoint, receipts, consistency, entries. */
public final class LogService extends LogGrpc.LogImplBase {
  private static final int ENTRIES_MAX = 1_000;
  private static final int FOLLOWED_AT_ONCE = 256;
  private static final long RETRY_AFTER_MILLIS = 500;

  private final ReadAccess access;
  private final TruthStore truth;
  private final LoggedRecords logged;
  private final Receipts receipts;
  private final Supplier<Published> published;
  private final String logKey;
  private final Followers followers;
  private final LogFeed feed;
  private final Executor threads;

  /**
   * @param followers ends the streams that have no end
   */
  public LogService(
      ReadAccess access,
      TruthStore truth,
      LoggedRecords logged,
      Receipts receipts,
      Supplier<Published> published,
      String logKey,
      Followers followers,
      Executor threads) {
    this.access = access;
    this.truth = truth;
    this.logged = logged;
    this.receipts = receipts;
    this.published = published;
    this.logKey = logKey;
    this.followers = followers;
    this.feed = new LogFeed(truth, logged);
    this.threads = threads;
  }

  @Override
  public void getLedger(GetLedgerRequest request, StreamObserver<Ledger> reply) {
    answer(
        reply,
        () ->
            Ledger.newBuilder()
                .setGenesis(ByteString.copyFrom(truth.entry(0).orElseThrow()))
                .setLogKey(logKey)
                .setCheckpoint(checkpoint())
                .build());
  }

  @Override
  public void getCheckpoint(GetCheckpointRequest request, StreamObserver<CheckpointReply> reply) {
    answer(reply, () -> CheckpointReply.newBuilder().setCheckpoint(checkpoint()).build());
  }

  @Override
  public void getReceipt(GetReceiptRequest request, StreamObserver<Receipt> reply) {
    String caller = Readers.caller();
    answer(
        reply,
        () -> {
          Reader reader = access.reader(caller);
          long index = find(request);
          if (!reader.authority() && !signers(index).contains(reader.participant())) {
            throw new NotReadableException(
                RefusalCode.NOT_A_READER,
                "receipts are for the submitter, whom it signed for, and authorities");
          }
          return receipts.newest(index, request.getCose());
        });
  }

  @Override
  public void getConsistency(
      GetConsistencyRequest request, StreamObserver<ConsistencyReply> reply) {
    answer(
        reply,
        () -> {
          // The newest checkpoint first: the proof is then for a size that certainly exists.
          Published newest = published.get();
          long to = request.getToSize() == 0 ? newest.size() : request.getToSize();
          ConsistencyProof proof = receipts.consistency(request.getFromSize(), to);
          ConsistencyReply.Builder built = ConsistencyReply.newBuilder();
          for (Hash step : proof.path()) {
            built.addPath(ByteString.copyFrom(step.bytes()));
          }
          if (to == newest.size()) {
            built.setCheckpoint(text(newest));
          }
          return built.build();
        });
  }

  @Override
  public void getEntries(GetEntriesRequest request, StreamObserver<ShownLogEntry> replies) {
    String caller = Readers.caller();
    PacedReplies.run(
        (ServerCallStreamObserver<ShownLogEntry>) replies,
        threads,
        send -> {
          if (!access.reader(caller).auditor()) {
            throw new NotReadableException(
                RefusalCode.NOT_A_READER, "entries are for authorities and auditors");
          }
          int count = request.getCount() == 0 ? ENTRIES_MAX : request.getCount();
          if (request.getFrom() < 0 || count < 0 || count > ENTRIES_MAX) {
            throw new NotReadableException(
                RefusalCode.BAD_REQUEST, "from 0 on, 1 to " + ENTRIES_MAX + " entries");
          }
          long end = Math.min(published.get().size(), request.getFrom() + count);
          try (Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(request.getFrom())) {
            while (rows.next() && rows.row().index() < end) {
              send.accept(
                  ShownLogEntry.newBuilder()
                      .setIndex(rows.row().index())
                      .setEntry(ByteString.copyFrom(rows.row().bytes()))
                      .build());
            }
          }
        });
  }

  @Override
  public void follow(FollowRequest request, StreamObserver<FollowReply> replies) {
    String caller = Readers.caller();
    switch (followers.enter(caller)) {
      case IN ->
          PacedReplies.run(
              (ServerCallStreamObserver<FollowReply>) replies,
              threads,
              send -> {
                try {
                  follow(caller, request.getFrom(), send);
                } finally {
                  followers.leave(caller);
                }
              });
      case TOO_MANY -> replies.onError(Statuses.exception(Statuses.overloaded(RETRY_AFTER_MILLIS)));
      case TOO_MANY_OF_READER ->
          replies.onError(Statuses.exception(Statuses.tooManyTraces(RETRY_AFTER_MILLIS)));
    }
  }

  private void follow(String caller, long from, PacedReplies<FollowReply> send) {
    long sent = from;
    long checkpointed = -1;
    while (!followers.ended()) {
      // Asked each time: who may read no more is sent no more.
      if (!access.reader(caller).auditor()) {
        throw new NotReadableException(
            RefusalCode.NOT_A_READER, "entries are for authorities and auditors");
      }
      Published newest = published.get();
      if (from < 0 || from > newest.size()) {
        throw new NotReadableException(
            RefusalCode.BAD_REQUEST, "from 0 to the log's size, " + newest.size() + ": " + from);
      }
      // Not all at once: a node that stops does not wait until a long log was read.
      while (sent < newest.size() && !followers.ended()) {
        long to = Math.min(newest.size(), sent + FOLLOWED_AT_ONCE);
        feed.send(sent, to, send);
        sent = to;
      }
      if (sent == newest.size() && sent != checkpointed) {
        send.accept(FollowReply.newBuilder().setCheckpoint(text(newest)).build());
        checkpointed = sent;
      }
      send.pause(Followers.LOOK_MILLIS);
    }
  }

  private String checkpoint() {
    return text(published.get());
  }

  private static String text(Published published) {
    return new String(published.checkpoint().bytes(), StandardCharsets.UTF_8);
  }

  private long find(GetReceiptRequest request) {
    return switch (request.getWhichCase()) {
      case INDEX -> request.getIndex();
      case SUBMISSION -> {
        SubmissionKey key = request.getSubmission();
        if (key.getSubmissionId().size() != Limits.SUBMISSION_ID_BYTES) {
          throw new NotReadableException(
              RefusalCode.BAD_REQUEST,
              "submission_id has " + Limits.SUBMISSION_ID_BYTES + " bytes");
        }
        Hash submitter = HashAlgorithm.SHA_256.hash(key.getSubmitterBytes().toByteArray());
        OptionalLong found =
            truth
                .submission(submitter.bytes(), key.getSubmissionId().toByteArray())
                .map(submission -> OptionalLong.of(submission.index()))
                .orElse(OptionalLong.empty());
        yield found.orElseThrow(
            () -> new NotReadableException(RefusalCode.NOT_FOUND, "no such submission"));
      }
      case WHICH_NOT_SET ->
          throw new NotReadableException(RefusalCode.BAD_REQUEST, "index or submission: say which");
    };
  }

  private List<String> signers(long index) {
    return (index < 0 ? Optional.<List<String>>empty() : logged.signers(index))
        .orElseThrow(() -> new NotReadableException(RefusalCode.NOT_FOUND, "no entry " + index));
  }

  /** On a thread of its own: the newest checkpoint may have to be waited for. */
  private <T> void answer(StreamObserver<T> reply, Supplier<T> body) {
    threads.execute(() -> answerHere(reply, body));
  }

  static <T> void answerHere(StreamObserver<T> reply, Supplier<T> body) {
    T answer;
    try {
      answer = body.get();
    } catch (RuntimeException e) {
      reply.onError(Statuses.exception(Statuses.thrown(e)));
      return;
    }
    reply.onNext(answer);
    reply.onCompleted();
  }
}
