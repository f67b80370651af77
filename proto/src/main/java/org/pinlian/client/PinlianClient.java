// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.AbstractStub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.CheckpointVerifier;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.FoundHolders;
import org.pinlian.dossier.HoldersReader;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.StoryVerifier;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedCheckpoint;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;
import org.pinlian.v1.Direction;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.ErasuresGrpc;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.FindingsGrpc;
import org.pinlian.v1.GetCheckpointRequest;
import org.pinlian.v1.GetConsistencyRequest;
import org.pinlian.v1.GetErasureRequest;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmissionKey;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.Trade;
import org.pinlian.v1.ValidateReply;
import org.pinlian.v1.View;
import org.pinlian.v1.WatchFindingsRequest;

/**
 * Talks to one ledger for one participant. Safe for use by many threads; calls block until they are
 * answered, or out of time.
 *
 * <p>Logs in by itself, at the first call and whenever it must. Tries again by itself, always with
 * the same bytes: a submission is never drafted or signed a second time, so it is never in twice.
 *
 * <p>It remembers, as long as it lives, the checkpoints that it verified, and believes one history
 * only. What {@link #submit}, {@link #receipt}, {@link #trace} and {@link #checkpoint} return is as
 * of a checkpoint that was proved, before they returned, to extend the greatest one seen before or
 * to be extended by it; that costs one more call for each new checkpoint. Of a {@link
 * SubmissionStream} the greatest checkpoint so far is proved once a second, when the stream is
 * closed, and before any of those calls returns: until then a receipt's checkpoint is only known to
 * have the root of any other of its size. Receipts of a stream between two that were proved are
 * never proved for themselves. What another client, or this program before it was started anew, has
 * seen is not known here: keep a checkpoint and ask with it, {@link #checkpoint(Checkpoint)}.
 */
public final class PinlianClient implements AutoCloseable {
  /** Room for a record of the largest submission, with its proofs. */
  static final int MESSAGE_BYTES_MAX = 8 << 20;

  /** More than clocks differ by, as a rule. */
  private static final Duration VALIDATED_FOR = Duration.ofMinutes(5);

  private static final BoundedReplies BOUNDED = new BoundedReplies();

  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final ParticipantId participant;
  private final SigningKey key;
  private final ClientOptions options;
  private final Hash ledger;
  private final CheckpointVerifier checkpoints;
  private final ReceiptVerifier receipts;
  private final Remembered remembered;
  private final Session session;

  private PinlianClient(
      Channel channel,
      @Nullable ManagedChannel owned,
      ParticipantId participant,
      SigningKey key,
      TrustPolicy policy,
      ClientOptions options) {
    this.channel = ClientInterceptors.intercept(channel, BOUNDED);
    this.owned = owned;
    this.participant = participant;
    this.key = key;
    this.options = options;
    this.ledger =
        policy
            .genesis()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "the policy names no genesis, so there is no ledger to sign for"));
    this.checkpoints = new CheckpointVerifier(policy);
    this.receipts = new ReceiptVerifier(checkpoints);
    this.remembered = new Remembered(checkpoints);
    this.session = new Session(this.channel, participant, key, options);
  }

  /**
   * A client on a channel that the caller made and closes.
   *
   * @param key enrolled for the participant
   * @param policy says which ledger, and whom to believe about it. Get it from whoever runs your
   *     business's checks, not from the ledger; else see {@link #trustOnFirstUse}
   */
  public static PinlianClient connect(
      Channel channel, ParticipantId participant, SigningKey key, TrustPolicy policy) {
    return connect(channel, participant, key, policy, ClientOptions.defaults());
  }

  public static PinlianClient connect(
      Channel channel,
      ParticipantId participant,
      SigningKey key,
      TrustPolicy policy,
      ClientOptions options) {
    return new PinlianClient(channel, null, participant, key, policy, options);
  }

  /**
   * A client on a plain connection, as to a gateway on this machine or behind a proxy that speaks
   * TLS. What is submitted can be read on the way, though not changed.
   */
  public static PinlianClient connect(
      String host, int port, ParticipantId participant, SigningKey key, TrustPolicy policy) {
    return connect(host, port, participant, key, policy, ClientOptions.defaults());
  }

  public static PinlianClient connect(
      String host,
      int port,
      ParticipantId participant,
      SigningKey key,
      TrustPolicy policy,
      ClientOptions options) {
    ManagedChannel channel = plain(host, port);
    return new PinlianClient(channel, channel, participant, key, policy, options);
  }

  /** A channel without encryption. The caller closes it. */
  public static ManagedChannel plain(String host, int port) {
    return Grpc.newChannelBuilderForAddress(host, port, InsecureChannelCredentials.create())
        .build();
  }

  /**
   * A channel over TLS 1.3. The caller closes it.
   *
   * @param trust whom to believe to be that host
   * @param identity an X.509 certificate to show if the gateway asks for one; null for none. When
   *     its files are replaced, the next connection shows what is in them then
   */
  public static ManagedChannel encrypted(
      String host, int port, PeerTrust trust, @Nullable TlsIdentity identity) {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(trust);
    if (identity != null) {
      credentials.keyManager(identity);
    }
    return Grpc.newChannelBuilderForAddress(host, port, credentials.build()).build();
  }

  /**
   * Believes whoever answers: asks for the ledger's genesis and key and makes a policy of them. Do
   * this once, compare the policy with somebody else's, keep it, and {@link #connect} with what was
   * kept. From then on the ledger cannot become another.
   */
  public static TrustPolicy trustOnFirstUse(Channel channel)
      throws VerificationException, UnreachableException {
    try {
      return FirstUse.policy(
          LogGrpc.newBlockingStub(ClientInterceptors.intercept(channel, BOUNDED))
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .getLedger(GetLedgerRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      throw new UnreachableException("no ledger answered: " + e.getStatus(), null, e);
    }
  }

  /**
   * Whose key this is, as the gateway says when the key logs in. Nothing rests on it: what is
   * signed in another's name is refused by the ledger.
   */
  public static ParticipantId participantOf(Channel channel, SigningKey key, ClientOptions options)
      throws RefusedException, UnreachableException, VerificationException {
    Session session = new Session(channel, null, key, options);
    return new Retry(session, options, null).until((token, most) -> session.participant());
  }

  /**
   * Logs in now rather than at the first call that needs it: to see whether the gateway answers and
   * knows the key.
   *
   * @return until when this login is good, as the gateway says; the client renews it by itself
   */
  public Instant logIn() throws RefusedException, UnreachableException, VerificationException {
    return new Retry(session, options, null).until((token, most) -> session.expiresAt());
  }

  // Submitting -----------------------------------------------------------------------------------

  /**
   * Salts, digests and signs, for {@link #submit(SignedSubmission)}. Programs that must not lose a
   * submission when they crash write its request to disk between the two.
   *
   * @throws RefusedException if a record is of a form that the ledger would refuse
   */
  public SignedSubmission sign(List<Draft> drafts) throws RefusedException {
    return sign(drafts, randomId());
  }

  private ByteString randomId() {
    byte[] id = new byte[Limits.SUBMISSION_ID_BYTES];
    options.random().nextBytes(id);
    return ByteString.copyFrom(id);
  }

  /**
   * The same under a submission id of the caller's: whoever makes it from what is submitted, as
   * from the number of a bill, has the ledger refuse it the second time, with SUBMISSION_ID_REUSED.
   * {@link #receipt(ParticipantId, byte[])} then has the first.
   *
   * @param id 16 bytes
   */
  public SignedSubmission sign(List<Draft> drafts, ByteString id) throws RefusedException {
    return sign(drafts, id, SignedSubmission.DEFAULT_VALIDITY);
  }

  private SignedSubmission sign(List<Draft> drafts, ByteString id, Duration validity)
      throws RefusedException {
    try {
      return SignedSubmission.sign(
          checkpoints.hash(),
          ledger,
          participant,
          key,
          drafts,
          id,
          options.clock().instant(),
          validity,
          options.random());
    } catch (RecordException e) {
      throw new RefusedException(e);
    }
  }

  /**
   * As {@link #sign}, for a principal who cannot sign: this client's participant must be a gateway,
   * and hold the principal's delegation to this key when the submission is taken.
   */
  public SignedSubmission signFor(ParticipantId principal, List<Draft> drafts)
      throws RefusedException {
    return signFor(principal, drafts, SignedSubmission.DEFAULT_VALIDITY);
  }

  private SignedSubmission signFor(ParticipantId principal, List<Draft> drafts, Duration validity)
      throws RefusedException {
    try {
      return SignedSubmission.attest(
          checkpoints.hash(),
          ledger,
          participant,
          key,
          principal,
          drafts,
          options.clock().instant(),
          validity,
          options.random());
    } catch (RecordException e) {
      throw new RefusedException(e);
    }
  }

  /**
   * Signs these drafts as one submission, which is taken whole or not at all, and waits for its
   * receipt.
   *
   * @throws UnreachableException with what was signed, to be sent again
   */
  public VerifiedReceipt submit(List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    return submit(sign(drafts));
  }

  /**
   * Sends what was signed until a receipt or a refusal comes back. Whether an earlier attempt got
   * through makes no difference to what is returned.
   */
  public VerifiedReceipt submit(SignedSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedReceipt receipt =
        new Retry(session, options, submission)
            .until((token, most) -> {
              SubmitReply reply =
                  on(SubmissionGrpc.newBlockingStub(channel), token, most)
                      .submit(submission.request());
              return verified(receipts, key.verifyingKey(), submission, reply);
            });
    remembered.require(receipt.checkpoint(), (from, to) -> path(submission, from, to));
    return receipt;
  }

  /**
   * Asks what submitting these drafts now would answer; nothing is recorded. What is sent for that
   * is signed anew, and good for minutes only: whoever carries it could submit it.
   */
  public Validation validate(List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    return validate(drafts, randomId());
  }

  /**
   * As {@link #validate(List)}, under the id that {@link #sign(List, ByteString)} would be given.
   * If a submission of that id is in, the answer is SUBMISSION_ID_REUSED.
   *
   * @param id 16 bytes
   */
  public Validation validate(List<Draft> drafts, ByteString id)
      throws RefusedException, UnreachableException, VerificationException {
    return validate(sign(drafts, id, VALIDATED_FOR));
  }

  /** As {@link #validate(List)}, of drafts that would be signed by {@link #signFor}. */
  public Validation validateFor(ParticipantId principal, List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    return validate(signFor(principal, drafts, VALIDATED_FOR));
  }

  /** Asks what submitting these bytes now would answer; nothing is recorded. */
  public Validation validate(SignedSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    Validation validation =
        new Retry(session, options, submission)
            .until((token, most) ->
                validation(
                    submission,
                    on(SubmissionGrpc.newBlockingStub(channel), token, most)
                        .validate(submission.request())));
    if (validation instanceof Validation.Duplicate duplicate) {
      remembered.require(
          duplicate.receipt().checkpoint(), (from, to) -> path(submission, from, to));
    }
    return validation;
  }

  private Validation validation(SignedSubmission submission, ValidateReply reply)
      throws VerificationException {
    return switch (reply.getOutcomeCase()) {
      case ACCEPTABLE -> {
        List<Validation.Noticed> noticed = new ArrayList<>();
        for (Finding finding : reply.getAcceptable().getFindingsList()) {
          noticed.add(new Validation.Noticed(position(submission, finding), finding));
        }
        yield new Validation.Acceptable(noticed);
      }
      case DUPLICATE ->
          new Validation.Duplicate(
              receipts.verify(reply.getDuplicate(), submission, key.verifyingKey()));
      case OUTCOME_NOT_SET ->
          throw new VerificationException(
              BrokenRule.EMPTY_MESSAGE, "an outcome", reply.getOutcomeCase());
    };
  }

  private static int position(SignedSubmission submission, Finding finding)
      throws VerificationException {
    for (ByteString record : finding.getRecordsList()) {
      for (int position = 0; position < submission.digests().size(); position++) {
        if (ByteString.copyFrom(submission.digests().get(position).bytes()).equals(record)) {
          return position;
        }
      }
    }
    throw new VerificationException(
        BrokenRule.FINDING_WITHOUT_RECORD, "a record asked about", finding.getCode());
  }

  /** The receipt in a reply: not what the server says of it, but what it proves. */
  static VerifiedReceipt verified(
      ReceiptVerifier receipts, VerifyingKey own, SignedSubmission submission, SubmitReply reply)
      throws VerificationException, RefusedException {
    return switch (reply.getOutcomeCase()) {
      case RECEIPT -> receipts.verify(reply.getReceipt(), submission, own);
      case REFUSED -> throw Failure.of(reply.getRefused()).refused();
      default ->
          throw new VerificationException(
              BrokenRule.EMPTY_MESSAGE, "a receipt or a refusal", "neither");
    };
  }

  /**
   * Submits many without waiting for each.
   *
   * @param window submissions unanswered at a time, 256 at most
   */
  public SubmissionStream openStream(int window) {
    return new SubmissionStream(
        channel,
        session,
        options,
        receipts,
        key.verifyingKey(),
        remembered,
        (from, to) -> path(null, from, to),
        window);
  }

  // Asking ---------------------------------------------------------------------------------------

  /**
   * A receipt against the newest checkpoint, of an entry that this participant submitted.
   *
   * @param index of the entry
   */
  public VerifiedReceipt receipt(long index)
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedReceipt receipt =
        receipts.verify(receipt(GetReceiptRequest.newBuilder().setIndex(index).build()));
    if (receipt.index() != index) {
      throw new VerificationException(BrokenRule.OTHER_INDEX, index, receipt.index());
    }
    return remembered(receipt);
  }

  /**
   * As {@link #receipt(long)}, in the COSE form (RFC 9942) beside the other: {@link
   * Receipt#getCose}. Both were checked, and are of one tree.
   *
   * @throws RefusedException also if the ledger's hash is SM3, which that form has no number for
   */
  public VerifiedReceipt receiptWithCose(long index)
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedReceipt receipt =
        receipts.verify(
            receipt(GetReceiptRequest.newBuilder().setIndex(index).setCose(true).build()));
    if (receipt.index() != index) {
      throw new VerificationException(BrokenRule.OTHER_INDEX, index, receipt.index());
    }
    if (receipt.receipt().getCose().isEmpty()) {
      throw new VerificationException(BrokenRule.PROOF_MALFORMED, "a COSE receipt", "none");
    }
    return remembered(receipt);
  }

  /** A receipt against the newest checkpoint, of what was submitted before. */
  public VerifiedReceipt receipt(SignedSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    GetReceiptRequest request =
        GetReceiptRequest.newBuilder()
            .setSubmission(
                SubmissionKey.newBuilder()
                    .setSubmitter(submission.header().getSubmitter())
                    .setSubmissionId(submission.header().getSubmissionId()))
            .build();
    return remembered(receipts.verify(receipt(request), submission, key.verifyingKey()));
  }

  /**
   * A receipt against the newest checkpoint, of a submission known by its id alone.
   *
   * @param submissionId 16 bytes
   */
  public VerifiedReceipt receipt(ParticipantId submitter, byte[] submissionId)
      throws RefusedException, UnreachableException, VerificationException {
    SubmissionKey asked =
        SubmissionKey.newBuilder()
            .setSubmitter(submitter.toString())
            .setSubmissionId(ByteString.copyFrom(submissionId))
            .build();
    VerifiedReceipt receipt =
        receipts.verify(receipt(GetReceiptRequest.newBuilder().setSubmission(asked).build()));
    SubmissionHeader found = receipt.header();
    if (!found.getSubmitter().equals(asked.getSubmitter())
        || !found.getSubmissionId().equals(asked.getSubmissionId())) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION,
          "the submission asked for",
          "one of " + found.getSubmitter());
    }
    return remembered(receipt);
  }

  private VerifiedReceipt remembered(VerifiedReceipt receipt)
      throws UnreachableException, VerificationException {
    remembered.require(receipt.checkpoint(), (from, to) -> path(null, from, to));
    return receipt;
  }

  private Receipt receipt(GetReceiptRequest request)
      throws RefusedException, UnreachableException, VerificationException {
    return new Retry(session, options, null)
        .until(
            (token, most) -> on(LogGrpc.newBlockingStub(channel), token, most).getReceipt(request));
  }

  /**
   * The story of a subject, every signature and chain of it verified here.
   *
   * @param direction the subject's own chain, or also where it came from, or where it went
   */
  public Story trace(Subject subject, Direction direction, TraceLimits limits)
      throws RefusedException, UnreachableException, VerificationException {
    return trace(
        subject,
        direction,
        limits,
        TraceRequest.newBuilder().setSubject(subject.uri()).setDirection(direction));
  }

  /**
   * The same with everything that is restricted, for an authority.
   *
   * @param lookUp where {@link #lookUp} recorded that it looks, and why
   */
  public Story trace(Subject subject, Direction direction, TraceLimits limits, RecordPlace lookUp)
      throws RefusedException, UnreachableException, VerificationException {
    return trace(
        subject,
        direction,
        limits,
        TraceRequest.newBuilder()
            .setSubject(subject.uri())
            .setDirection(direction)
            .setLookUp(at(lookUp)));
  }

  /**
   * Who has now what came of some goods, as far as this participant sees it.
   *
   * @param maxSubjects followed; 0 for as many as there may be
   */
  public FoundHolders findHolders(Subject subject, int maxSubjects)
      throws RefusedException, UnreachableException, VerificationException {
    return findHolders(
        FindHoldersRequest.newBuilder().setSubject(subject.uri()).setMaxSubjects(maxSubjects));
  }

  /**
   * The same with everything that is restricted, for an authority.
   *
   * @param lookUp where {@link #lookUp} recorded that it looks, and why
   */
  public FoundHolders findHolders(Subject subject, int maxSubjects, RecordPlace lookUp)
      throws RefusedException, UnreachableException, VerificationException {
    return findHolders(
        FindHoldersRequest.newBuilder()
            .setSubject(subject.uri())
            .setMaxSubjects(maxSubjects)
            .setLookUp(at(lookUp)));
  }

  /**
   * Who had what according to what was known at an instant: as when an order came into effect.
   *
   * @param lookUp of an authority; null for what this participant sees
   */
  public FoundHolders findHolders(
      Subject subject, int maxSubjects, @Nullable RecordPlace lookUp, Instant asOf)
      throws RefusedException, UnreachableException, VerificationException {
    FindHoldersRequest.Builder request =
        FindHoldersRequest.newBuilder()
            .setSubject(subject.uri())
            .setMaxSubjects(maxSubjects)
            .setAsOf(asOf.toEpochMilli());
    return findHolders(lookUp == null ? request : request.setLookUp(at(lookUp)));
  }

  private FoundHolders findHolders(FindHoldersRequest.Builder request)
      throws RefusedException, UnreachableException, VerificationException {
    // It takes the time it takes; each attempt begins it anew.
    FoundHolders found =
        new Retry(session, options, null).until((token, most) -> read(request.build(), token));
    remembered.require(found.checkpoint(), (from, to) -> path(null, from, to));
    return found;
  }

  private FoundHolders read(FindHoldersRequest request, String token) throws VerificationException {
    HoldersReader reader = new HoldersReader(checkpoints);
    Context.CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      Iterator<FindHoldersReply> replies =
          on(ProvenanceGrpc.newBlockingStub(channel), token, options.overall())
              .findHolders(request);
      while (replies.hasNext()) {
        reader.accept(replies.next());
      }
      return reader.finish();
    } finally {
      context.detach(before);
      // A stream that was refused half way must not go on sending.
      context.cancel(null);
    }
  }

  /**
   * Records, on the look-ups chain of the authority that this client is, that it is going to look
   * at a subject. Holds for a quarter of an hour, for every direction of that subject's story.
   *
   * @param purpose in words that name neither goods nor persons nor firms
   * @return what to cite
   */
  public RecordPlace lookUp(Subject subject, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedReceipt receipt =
        submit(
            List.of(
                Draft.of(PublicPart.newBuilder().setLookUp(LookUp.newBuilder().setPurpose(purpose)))
                    .line(LineRole.LINE_ROLE_LOOK_UPS, Subject.lookUps(participant))
                    .trade(Trade.newBuilder().setLookedUp(subject.uri()).build())));
    return new RecordPlace(receipt.index(), 0);
  }

  /** What stands of a record's erasures, in the ledger's words. For authorities. */
  public ErasureReply erasure(RecordPlace record)
      throws RefusedException, UnreachableException, VerificationException {
    GetErasureRequest request = GetErasureRequest.newBuilder().setRecord(at(record)).build();
    return new Retry(session, options, null)
        .until((token, most) ->
            on(ErasuresGrpc.newBlockingStub(channel), token, most).getErasure(request));
  }

  private static RecordAt at(RecordPlace place) {
    return RecordAt.newBuilder().setIndex(place.index()).setPosition(place.position()).build();
  }

  private Story trace(
      Subject subject, Direction direction, TraceLimits limits, TraceRequest.Builder asked)
      throws RefusedException, UnreachableException, VerificationException {
    TraceRequest request = limits.in(asked).build();
    // A trace takes the time it takes; each attempt begins it anew.
    Story story =
        new Retry(session, options, null)
            .until((token, most) -> read(subject, direction, limits, request, token));
    remembered.require(story.checkpoint(), (from, to) -> path(null, from, to));
    return story;
  }

  private Story read(
      Subject subject, Direction direction, TraceLimits limits, TraceRequest request, String token)
      throws VerificationException {
    StoryVerifier verifier = new StoryVerifier(checkpoints, subject, direction, limits);
    Context.CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      Iterator<TraceReply> replies =
          on(ProvenanceGrpc.newBlockingStub(channel), token, options.overall()).trace(request);
      while (replies.hasNext()) {
        verifier.accept(replies.next());
      }
      return verifier.finish();
    } finally {
      context.detach(before);
      // A stream that was refused half way must not go on sending.
      context.cancel(null);
    }
  }

  /**
   * The dossier of a subject: its story with all that is needed to check it without the ledger,
   * checked here.
   *
   * @param view partner or regulator for what the participant may see; consumer for what anybody
   *     may
   * @param greatestAge of the cosignatures that the policy asks for
   */
  public ProvenDossier dossier(Subject subject, View view, Duration greatestAge)
      throws RefusedException, UnreachableException, VerificationException {
    return dossier(subject, request(subject, view), greatestAge);
  }

  /**
   * The dossier that an authority may see.
   *
   * @param lookUp where {@link #lookUp} recorded that it looks, and why
   */
  public ProvenDossier regulatorDossier(Subject subject, Duration greatestAge, RecordPlace lookUp)
      throws RefusedException, UnreachableException, VerificationException {
    return dossier(
        subject,
        request(subject, View.VIEW_REGULATOR).toBuilder().setLookUp(at(lookUp)).build(),
        greatestAge);
  }

  private ProvenDossier dossier(Subject subject, DossierRequest request, Duration greatestAge)
      throws RefusedException, UnreachableException, VerificationException {
    ByteString bytes =
        new Retry(session, options, null)
            .until((token, most) ->
                on(DossiersGrpc.newBlockingStub(channel), token, most)
                    .getDossier(request)
                    .getDossier());
    ProvenDossier proven = proven(checkpoints, subject, bytes, options, greatestAge);
    remembered.require(proven.verdict().checkpoint(), (from, to) -> path(null, from, to));
    return proven;
  }

  /** What anybody may see, for somebody without a key: asked once, and checked here. */
  public static ProvenDossier consumerDossier(
      Channel channel, TrustPolicy policy, Subject subject, Duration greatestAge)
      throws RefusedException, UnreachableException, VerificationException {
    ClientOptions options = ClientOptions.defaults();
    ByteString bytes;
    try {
      bytes =
          DossiersGrpc.newBlockingStub(ClientInterceptors.intercept(channel, BOUNDED))
              .withMaxInboundMessageSize(MESSAGE_BYTES_MAX)
              .withDeadlineAfter(options.attempt().toMillis(), TimeUnit.MILLISECONDS)
              .getDossier(request(subject, View.VIEW_CONSUMER))
              .getDossier();
    } catch (StatusRuntimeException e) {
      Failure failure = Failure.of(e);
      if (failure.isSilence()) {
        throw new UnreachableException("no ledger answered: " + e.getStatus(), null, e);
      }
      throw failure.refused();
    }
    return proven(new CheckpointVerifier(policy), subject, bytes, options, greatestAge);
  }

  private static DossierRequest request(Subject subject, View view) {
    return DossierRequest.newBuilder().setSubject(subject.uri()).setView(view).build();
  }

  private static ProvenDossier proven(
      CheckpointVerifier checkpoints,
      Subject subject,
      ByteString bytes,
      ClientOptions options,
      Duration greatestAge)
      throws VerificationException {
    Verdict verdict =
        new DossierVerifier(checkpoints)
            .verify(bytes.toByteArray(), subject, options.clock().instant(), greatestAge, null);
    return new ProvenDossier(bytes, verdict);
  }

  /** The newest checkpoint of the ledger, under the policy. */
  public VerifiedCheckpoint checkpoint()
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedCheckpoint newest =
        checkpoints.verify(
            new Retry(session, options, null)
                .until((token, most) ->
                    on(LogGrpc.newBlockingStub(channel), token, most)
                        .getCheckpoint(GetCheckpointRequest.getDefaultInstance())
                        .getCheckpoint()));
    // Every tree extends the empty one.
    if (newest.size() > 0) {
      remembered.require(newest.checkpoint(), (from, to) -> path(null, from, to));
    }
    return newest;
  }

  /**
   * The newest checkpoint, proved to extend one that was seen before: nothing was taken back or
   * changed since. Keep what is returned, and ask with it next time.
   *
   * @param remembered the checkpoint of a receipt or story, or of the last such call
   */
  public VerifiedCheckpoint checkpoint(Checkpoint remembered)
      throws RefusedException, UnreachableException, VerificationException {
    VerifiedCheckpoint newest = checkpoint();
    List<ByteString> path = List.of();
    // Of a ledger that shrank there is nothing to ask for: the sizes say it already.
    if (newest.size() > remembered.size()) {
      path = path(null, remembered.size(), newest.size());
    }
    checkpoints.verifyExtends(remembered, newest.checkpoint(), path);
    return newest;
  }

  /**
   * Checks with a proof of the ledger's that one checkpoint extends another, as when a receipt is
   * exchanged for a newer one.
   */
  public void requireExtends(Checkpoint older, Checkpoint newer)
      throws UnreachableException, VerificationException {
    List<ByteString> path = List.of();
    if (newer.size() > older.size()) {
      path = path(null, older.size(), newer.size());
    }
    checkpoints.verifyExtends(older, newer, path);
  }

  /**
   * A consistency proof.
   *
   * @param submission that waits for it, if one does
   */
  private List<ByteString> path(@Nullable SignedSubmission submission, long from, long to)
      throws UnreachableException, VerificationException {
    try {
      return new Retry(session, options, submission)
          .until((token, most) -> path(token, most, from, to));
    } catch (RefusedException e) {
      throw unproved(from, to, e);
    }
  }

  private List<ByteString> path(String token, Duration most, long from, long to) {
    return on(LogGrpc.newBlockingStub(channel), token, most)
        .getConsistency(GetConsistencyRequest.newBuilder().setFromSize(from).setToSize(to).build())
        .getPathList();
  }

  /** A submission was not refused because a proof was. */
  private static VerificationException unproved(long from, long to, RefusedException e) {
    return new VerificationException(
        BrokenRule.NOT_CONSISTENT,
        "a proof from size " + from + " to " + to,
        "refused: " + e.getMessage(),
        e);
  }

  /**
   * Follows the log from an entry on, for auditors: entries, and skeletons of their records, as the
   * ledger tells them. Nothing of it is verified here.
   *
   * @param from index of the first entry wanted
   * @return to be closed; it has no end of its own
   */
  public LogFollower follow(long from)
      throws RefusedException, UnreachableException, VerificationException {
    String token = new Retry(session, options, null).until((known, most) -> known);
    return new LogFollower(
        LogGrpc.newBlockingStub(channel)
            .withInterceptors(Session.attach(token))
            .withMaxInboundMessageSize(MESSAGE_BYTES_MAX),
        from,
        () -> session.forget(token));
  }

  /**
   * Watches findings, for an authority: those that stand first, then what comes and goes. That it
   * looks, and why, is recorded on its look-ups chain before.
   *
   * @param least findings that matter less are left out
   * @param purpose in words that name neither goods nor persons nor firms
   * @return to be closed; it ends after half a day
   */
  public FindingsWatcher watchFindings(FindingSeverity least, String purpose)
      throws RefusedException, UnreachableException, VerificationException {
    RecordPlace lookUp = lookUp(Subject.lookUps(participant), purpose);
    String token = new Retry(session, options, null).until((known, most) -> known);
    return new FindingsWatcher(
        FindingsGrpc.newBlockingStub(channel)
            .withInterceptors(Session.attach(token))
            .withMaxInboundMessageSize(MESSAGE_BYTES_MAX),
        WatchFindingsRequest.newBuilder()
            .setLeast(least)
            .setCurrent(true)
            .setLookUp(at(lookUp))
            .build(),
        () -> session.forget(token));
  }

  private static <S extends AbstractStub<S>> S on(S stub, String token, Duration most) {
    return stub.withInterceptors(Session.attach(token))
        .withMaxInboundMessageSize(MESSAGE_BYTES_MAX)
        .withDeadlineAfter(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes the connection, if this made it. */
  @Override
  public void close() {
    ManagedChannel channelOfOurs = owned;
    if (channelOfOurs == null) {
      return;
    }
    channelOfOurs.shutdown();
    try {
      if (!channelOfOurs.awaitTermination(5, TimeUnit.SECONDS)) {
        channelOfOurs.shutdownNow();
      }
    } catch (InterruptedException e) {
      channelOfOurs.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
