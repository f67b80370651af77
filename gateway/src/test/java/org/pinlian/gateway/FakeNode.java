// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.pinlian.v1.BundlePiece;
import org.pinlian.v1.FindKeyRequest;
import org.pinlian.v1.GetBundleRequest;
import org.pinlian.v1.GetPublishedRequest;
import org.pinlian.v1.GetTileRequest;
import org.pinlian.v1.KeyStanding;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.NoticesGrpc;
import org.pinlian.v1.PublishedReply;
import org.pinlian.v1.RegistryGrpc;
import org.pinlian.v1.TileReply;
import org.pinlian.v1.TlogGrpc;

/**
 * A node in this process, whose services do what a test tells them to, on bytes. Without being
 * told, submissions are echoed.
 */
final class FakeNode implements AutoCloseable {
  static final MethodDescriptor<byte[], byte[]> SUBMIT =
      Bytes.method("pinlian.v1.Submission/Submit", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> SUBMIT_STREAM =
      Bytes.method("pinlian.v1.Submission/SubmitStream", MethodType.BIDI_STREAMING);
  static final MethodDescriptor<byte[], byte[]> TRACE =
      Bytes.method("pinlian.v1.Provenance/Trace", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<byte[], byte[]> GET_LEDGER =
      Bytes.method("pinlian.v1.Log/GetLedger", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> GET_DOSSIER =
      Bytes.method("pinlian.v1.Dossiers/GetDossier", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> GET_RECEIPT =
      Bytes.method("pinlian.v1.Log/GetReceipt", MethodType.UNARY);

  static final Metadata.Key<String> READER =
      Metadata.Key.of("pinlian-reader", Metadata.ASCII_STRING_MARSHALLER);

  volatile ServerCalls.UnaryMethod<byte[], byte[]> submit =
      (request, reply) -> {
        reply.onNext(request);
        reply.onCompleted();
      };
  volatile ServerCalls.UnaryMethod<byte[], byte[]> getLedger = (q, r) -> submit.invoke(q, r);
  volatile ServerCalls.UnaryMethod<byte[], byte[]> getReceipt = (q, r) -> submit.invoke(q, r);
  volatile ServerCalls.BidiStreamingMethod<byte[], byte[]> submitStream = FakeNode::echo;
  volatile ServerCalls.ServerStreamingMethod<byte[], byte[]> trace =
      (request, reply) -> reply.onCompleted();

  private static final Context.Key<String> READER_NOW = Context.key("reader");

  /** Publishes nothing until told. */
  volatile TlogGrpc.TlogImplBase tlog = new TlogGrpc.TlogImplBase() {};

  /** Knows no notices until told. */
  volatile NoticesGrpc.NoticesImplBase notices = new NoticesGrpc.NoticesImplBase() {};

  final Map<ByteString, KeyStanding> keys = new ConcurrentHashMap<>();

  /** The metadata that came with each call, in order. */
  final Queue<Metadata> headersSeen = new ConcurrentLinkedQueue<>();

  final HealthStatusManager health = new HealthStatusManager();

  private final Server server;
  final ManagedChannel channel;

  FakeNode() {
    String name = InProcessServerBuilder.generateName();
    try {
      server =
          InProcessServerBuilder.forName(name)
              .addService(
                  ServerServiceDefinition.builder("pinlian.v1.Submission")
                      .addMethod(SUBMIT, ServerCalls.asyncUnaryCall((q, r) -> submit.invoke(q, r)))
                      .addMethod(
                          SUBMIT_STREAM,
                          ServerCalls.asyncBidiStreamingCall(r -> submitStream.invoke(r)))
                      .build())
              .addService(
                  ServerServiceDefinition.builder("pinlian.v1.Provenance")
                      .addMethod(
                          TRACE, ServerCalls.asyncServerStreamingCall((q, r) -> trace.invoke(q, r)))
                      .build())
              .addService(
                  ServerServiceDefinition.builder("pinlian.v1.Log")
                      .addMethod(
                          GET_LEDGER, ServerCalls.asyncUnaryCall((q, r) -> getLedger.invoke(q, r)))
                      .addMethod(
                          GET_RECEIPT,
                          ServerCalls.asyncUnaryCall((q, r) -> getReceipt.invoke(q, r)))
                      .build())
              .addService(
                  ServerServiceDefinition.builder("pinlian.v1.Dossiers")
                      .addMethod(
                          GET_DOSSIER, ServerCalls.asyncUnaryCall((q, r) -> submit.invoke(q, r)))
                      .build())
              .addService(new FakeRegistry())
              .addService(new FakeTlog())
              .addService(new FakeNotices())
              .addService(health.getHealthService())
              .addService(ProtoReflectionServiceV1.newInstance())
              .intercept(new HeadersSeen())
              .build()
              .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    channel = InProcessChannelBuilder.forName(name).build();
  }

  static StreamObserver<byte[]> echo(StreamObserver<byte[]> replies) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        replies.onNext(message);
      }

      @Override
      public void onError(Throwable failed) {}

      @Override
      public void onCompleted() {
        replies.onCompleted();
      }
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private final class FakeRegistry extends RegistryGrpc.RegistryImplBase {
    @Override
    public void findKey(FindKeyRequest request, StreamObserver<KeyStanding> reply) {
      KeyStanding standing = keys.get(request.getKeyId());
      if (standing == null) {
        reply.onError(new StatusRuntimeException(Status.NOT_FOUND));
      } else {
        reply.onNext(standing);
        reply.onCompleted();
      }
    }
  }

  /** Whom the gateway names as the reader of the call that is being answered. */
  static String readerNow() {
    return READER_NOW.get();
  }

  private final class FakeTlog extends TlogGrpc.TlogImplBase {
    @Override
    public void getPublished(GetPublishedRequest request, StreamObserver<PublishedReply> reply) {
      tlog.getPublished(request, reply);
    }

    @Override
    public void getTile(GetTileRequest request, StreamObserver<TileReply> reply) {
      tlog.getTile(request, reply);
    }

    @Override
    public void getBundle(GetBundleRequest request, StreamObserver<BundlePiece> reply) {
      tlog.getBundle(request, reply);
    }
  }

  private final class FakeNotices extends NoticesGrpc.NoticesImplBase {
    @Override
    public void listNotices(ListNoticesRequest request, StreamObserver<ListNoticesReply> reply) {
      notices.listNotices(request, reply);
    }
  }

  private final class HeadersSeen implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      headersSeen.add(headers);
      String reader = headers.get(READER);
      return Contexts.interceptCall(
          Context.current().withValue(READER_NOW, reader == null ? "" : reader),
          call,
          headers,
          next);
    }
  }
}
