// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShutdownTest {
  private final GatewayFixture fixture =
      new GatewayFixture(GatewayConfig.builder().shutdownGrace(Duration.ofSeconds(3)));

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void whatIsUnderWayIsAnsweredAndWhatComesLateIsRefused() throws InterruptedException {
    Queue<StreamObserver<byte[]>> waiting = new ConcurrentLinkedQueue<>();
    fixture.node.submit = (request, reply) -> waiting.add(reply);
    Channel channel = fixture.loggedIn();
    Replies underWay = Replies.to(channel, FakeNode.SUBMIT);
    underWay.call.request(2);
    underWay.call.sendMessage(utf8("x"));
    underWay.call.halfClose();
    await("the node has it", () -> !waiting.isEmpty());

    Thread stopping = Thread.ofPlatform().start(fixture.gateway::stop);
    GatewayFixture.sleep(200);
    StatusRuntimeException late =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("late")));
    assertEquals(Status.Code.UNAVAILABLE, late.getStatus().getCode());
    assertEquals("SHUTTING_DOWN", reason(late));
    assertTrue(stopping.isAlive());
    StreamObserver<byte[]> reply = waiting.remove();
    reply.onNext(utf8("done"));
    reply.onCompleted();

    assertTrue(underWay.end().getStatus().isOk());
    assertEquals(1, underWay.messages.size());
    stopping.join(5_000);
    assertFalse(stopping.isAlive());
  }

  @Test
  void aStreamGetsItsRepliesAndThenEnds() throws InterruptedException {
    Queue<byte[]> taken = new ConcurrentLinkedQueue<>();
    AtomicBoolean halfClosed = new AtomicBoolean();
    Queue<StreamObserver<byte[]>> streams = new ConcurrentLinkedQueue<>();
    fixture.node.submitStream =
        replies -> {
          streams.add(replies);
          return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
              taken.add(message);
            }

            @Override
            public void onError(Throwable failed) {}

            @Override
            public void onCompleted() {
              halfClosed.set(true);
            }
          };
        };
    Replies stream = Replies.to(fixture.loggedIn(), FakeNode.SUBMIT_STREAM);
    stream.call.request(100);
    for (int i = 0; i < 3; i++) {
      stream.call.sendMessage(utf8("x"));
    }
    await("the node has them", () -> taken.size() == 3);

    Thread stopping = Thread.ofPlatform().start(fixture.gateway::stop);
    await("the node is told that no more come", halfClosed::get);
    StreamObserver<byte[]> replies = streams.remove();
    taken.forEach(replies::onNext);
    replies.onCompleted();

    StatusRuntimeException end = stream.end();
    assertEquals(3, stream.messages.size());
    assertEquals(Status.Code.UNAVAILABLE, end.getStatus().getCode());
    assertEquals("SHUTTING_DOWN", reason(end));
    stopping.join(5_000);
    assertFalse(stopping.isAlive());
  }

  @Test
  void aCallThatDoesNotEndIsCutOffAfterTheGrace() {
    AtomicBoolean cancelled = new AtomicBoolean();
    AtomicBoolean started = new AtomicBoolean();
    fixture.node.trace =
        (request, reply) -> {
          ((ServerCallStreamObserver<byte[]>) reply).setOnCancelHandler(() -> cancelled.set(true));
          started.set(true);
        };
    Replies endless = Replies.to(fixture.loggedIn(), FakeNode.TRACE);
    endless.call.sendMessage(utf8("x"));
    endless.call.halfClose();
    await("the node has it", started::get);

    long before = System.nanoTime();
    fixture.gateway.stop();
    Duration took = Duration.ofNanos(System.nanoTime() - before);

    assertEquals("SHUTTING_DOWN", reason(endless.end()));
    await("the node hears of it", cancelled::get);
    assertTrue(took.compareTo(Duration.ofSeconds(3)) >= 0, "took " + took);
    assertTrue(took.compareTo(Duration.ofSeconds(9)) < 0, "took " + took);
  }

  @Test
  void someoneWhoWatchesHealthDoesNotHoldItUp() {
    Replies watch =
        Replies.to(
            fixture.channel,
            Bytes.method(
                "grpc.health.v1.Health/Watch",
                io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING));
    watch.call.request(10);
    watch.call.sendMessage(new byte[0]);
    watch.call.halfClose();
    await("the first answer", () -> !watch.messages.isEmpty());

    long before = System.nanoTime();
    fixture.gateway.stop();

    assertEquals("SHUTTING_DOWN", reason(watch.end()));
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(3).toNanos());
  }

  @Test
  void stoppingTwiceIsStoppingOnce() {
    fixture.gateway.stop();
    fixture.gateway.stop();
  }
}
