// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.UnreachableException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.WireNames;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.auditor.Audited;
import org.pinlian.tools.auditor.Auditor;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowRequest;
import org.pinlian.v1.FollowedGroup;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;

/** A real node, followed as its gateway would let somebody follow it. */
class AuditorServedTest {
  private static final String AUDITOR = "gln:9520000000011";

  @TempDir Path temp;

  private static LogGrpc.LogBlockingStub log(TestLedger ledger, String reader) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(WireNames.READER_HEADER, Metadata.ASCII_STRING_MARSHALLER), reader);
    return LogGrpc.newBlockingStub(ledger.node().channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static TrustPolicy policy(TestLedger ledger) throws Exception {
    return TrustPolicy.parse(
        Policies.text(ledger.node().genesis(), ledger.node().hash(), ledger.node().logVkey())
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Follows in a call of its own, which is cancelled at the end. */
  private record NodeFeed(Context.CancellableContext context, Iterator<FollowReply> replies)
      implements Auditor.Feed {
    static NodeFeed open(TestLedger ledger, long from) {
      return open(ledger, Actor.CITY.id().toString(), from);
    }

    static NodeFeed open(TestLedger ledger, String reader, long from) {
      Context.CancellableContext context = Context.ROOT.withCancellation();
      Context before = context.attach();
      try {
        return new NodeFeed(
            context, log(ledger, reader).follow(FollowRequest.newBuilder().setFrom(from).build()));
      } finally {
        context.detach(before);
      }
    }

    @Override
    public FollowReply next() {
      return replies.next();
    }

    @Override
    public void close() {
      context.cancel(null);
    }
  }

  /** Somebody who is nothing but an auditor. */
  private static void enrolAuditor(TestLedger ledger) throws Exception {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    var _ =
        ledger.file(
            Actor.DISTRICT,
            "enrols an auditor",
            List.of(
                Draft.of(
                        PublicPart.newBuilder()
                            .setEnrolment(
                                Enrolment.newBuilder()
                                    .setParticipant(AUDITOR)
                                    .setName("示例审计所")
                                    .addRoles(Role.ROLE_AUDITOR)
                                    .setRegion(Actor.REGION)
                                    .addKeys(
                                        EnrolledKey.newBuilder()
                                            .setSpki(
                                                ByteString.copyFrom(key.verifyingKey().spki())))))
                    .line(LineRole.LINE_ROLE_KEYS, Subject.keys(ParticipantId.parse(AUDITOR)))));
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void everythingThatANodeTakesIsAuditedWithoutAnAlarm(HashAlgorithm hash) throws Exception {
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), hash)) {
      ledger.playEverything();
      enrolAuditor(ledger);
      Audited audited = new Audited();
      List<Auditor.Standing> standings = new ArrayList<>();
      Auditor.Listener listener =
          new Auditor.Listener() {
            @Override
            public void audited(long size) {}

            @Override
            public void caughtUp(Auditor.Standing standing) {
              standings.add(standing);
            }

            @Override
            public void interrupted(UnreachableException why) {
              throw new AssertionError(why);
            }
          };
      Kinds kinds = new Kinds(new TreeSet<>(), new TreeSet<>());
      try (Auditor auditor =
          new Auditor(
              policy(ledger),
              from -> kinds.of(NodeFeed.open(ledger, AUDITOR, from)),
              null,
              audited,
              listener)) {
        auditor.run(true);
      }

      Checkpoint head = standings.getLast().checkpoint();
      assertTrue(head.size() > 20, head.toString());
      assertTrue(standings.getLast().blocks() > 0);
      assertEquals(head.size(), audited.size());
      assertNull(audited.alarm());
      // 22: approvals of enrolments.
      assertEquals(Set.of(1, 2, 3, 4, Kind.KIND_APPROVAL_VALUE), kinds.whole());
      assertFalse(kinds.hashes().stream().anyMatch(kind -> kind <= Kind.KIND_DELEGATION_VALUE));
      assertTrue(kinds.hashes().contains(Kind.KIND_TRACE_EVENT_VALUE), kinds.toString());
    }
  }

  /** Which kinds were sent whole, and which as hashes: nothing is sent in part. */
  private record Kinds(Set<Integer> whole, Set<Integer> hashes) {
    Auditor.Feed of(NodeFeed feed) {
      return new Auditor.Feed() {
        @Override
        public FollowReply next() {
          FollowReply reply = feed.next();
          reply.getRecordsList().forEach(Kinds.this::note);
          return reply;
        }

        @Override
        public void close() {
          feed.close();
        }
      };
    }

    private void note(FollowedRecord record) {
      (record.hasPublicPart() ? whole : hashes).add(record.getKind());
      for (FollowedGroup group : record.getGroupsList()) {
        assertEquals(record.hasPublicPart(), group.getLineLeavesCount() == 0);
        assertEquals(record.hasPublicPart(), group.getLinesCount() > 0);
      }
    }
  }

  @Test
  void theStreamGoesOnWithWhatComesLaterAndEndsWithTheNode() throws Exception {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread reading;
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), HashAlgorithm.SHA_256)) {
      NodeFeed feed = NodeFeed.open(ledger, 0);
      assertEquals(0, feed.next().getEntry().getIndex());
      assertFalse(feed.next().getCheckpoint().isEmpty());

      Enrolments.play(ledger);

      FollowReply next = feed.next();
      while (!next.hasEntry()) {
        next = feed.next();
      }
      assertEquals(1, next.getEntry().getIndex());
      reading =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (feed.replies().hasNext()) {
                    var _ = feed.next();
                  }
                } catch (RuntimeException e) {
                  end.set(e);
                }
              });
    }
    reading.join();
    assertNull(end.get(), "it ends, and does not break");
  }

  @Test
  void onlyAuthoritiesAndAuditorsMayFollow() throws Exception {
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      // Before it is enrolled, it is anybody.
      for (String reader :
          new String[] {
            "", AUDITOR, Actor.CLINIC.id().toString(), Actor.COOPERATIVE.id().toString()
          }) {
        StatusRuntimeException refused =
            assertThrows(
                StatusRuntimeException.class,
                () -> log(ledger, reader).follow(FollowRequest.getDefaultInstance()).next());
        assertTrue(
            Set.of(Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED)
                .contains(refused.getStatus().getCode()),
            refused.toString());
      }
      enrolAuditor(ledger);
      for (String reader : new String[] {AUDITOR, Actor.DISTRICT.id().toString()}) {
        assertTrue(
            log(ledger, reader).follow(FollowRequest.getDefaultInstance()).next().hasEntry());
      }
      StatusRuntimeException beyond =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  log(ledger, Actor.CITY.id().toString())
                      .follow(FollowRequest.newBuilder().setFrom(10_000).build())
                      .next());
      assertEquals(Status.Code.INVALID_ARGUMENT, beyond.getStatus().getCode());
    }
  }

  @Test
  void oneReaderCannotKeepTheOthersFromFollowing() throws Exception {
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), HashAlgorithm.SHA_256)) {
      List<NodeFeed> open = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        NodeFeed feed = NodeFeed.open(ledger, 0);
        open.add(feed);
        assertTrue(feed.next().hasEntry());
      }
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> NodeFeed.open(ledger, 0).next());
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());

      assertTrue(
          log(ledger, Actor.DISTRICT.id().toString())
              .follow(FollowRequest.getDefaultInstance())
              .next()
              .hasEntry());
      open.forEach(NodeFeed::close);
    }
  }
}
