// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.v1.BundlePiece;
import org.pinlian.v1.GetBundleRequest;
import org.pinlian.v1.GetPublishedRequest;
import org.pinlian.v1.GetTileRequest;
import org.pinlian.v1.PublishedReply;
import org.pinlian.v1.TileReply;
import org.pinlian.v1.TlogGrpc;

/** The published tree over HTTP, before a node that has a little of it. */
class TlogTest {
  private static final String NOTE = "log.example\n2\nroot\n\n\u2014 log.example sig\n";
  private static final String LEAVES = "0123456789abcdef0123456789abcdef";

  private GatewayFixture fixture = new GatewayFixture();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TlogTest() {
    fixture.node.tlog = new Little();
  }

  @AfterEach
  void stop() {
    client.close();
    fixture.close();
  }

  /** One full tile, one bundle of two pieces; readers that say their name. */
  private static final class Little extends TlogGrpc.TlogImplBase {
    @Override
    public void getPublished(GetPublishedRequest request, StreamObserver<PublishedReply> reply) {
      reply.onNext(PublishedReply.newBuilder().setCheckpoint(NOTE).build());
      reply.onCompleted();
    }

    @Override
    public void getTile(GetTileRequest request, StreamObserver<TileReply> reply) {
      if (request.getLevel() != 0 || request.getIndex() != 1_234_067) {
        reply.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      reply.onNext(
          TileReply.newBuilder()
              .setHashes(ByteString.copyFromUtf8(LEAVES.repeat(request.getWidth())))
              .build());
      reply.onCompleted();
    }

    @Override
    public void getBundle(GetBundleRequest request, StreamObserver<BundlePiece> reply) {
      if (!request.getAnyone() && !FakeNode.readerNow().equals(GatewayFixture.PARTICIPANT)) {
        reply.onError(Status.PERMISSION_DENIED.asRuntimeException());
        return;
      }
      for (String piece : List.of("first", "second")) {
        reply.onNext(BundlePiece.newBuilder().setBytes(ByteString.copyFromUtf8(piece)).build());
      }
      reply.onCompleted();
    }
  }

  @Test
  void theCheckpointIsTextAndKeptForAMoment() throws Exception {
    HttpResponse<String> answer = get("/tlog/checkpoint");

    assertEquals(200, answer.statusCode());
    assertEquals(NOTE, answer.body());
    assertEquals("text/plain; charset=utf-8", header(answer, "content-type"));
    assertEquals("public, max-age=2", header(answer, "cache-control"));
    assertEquals("*", header(answer, "access-control-allow-origin"));
    assertEquals("cross-origin", header(answer, "cross-origin-resource-policy"));
  }

  @Test
  void tilesAreBytesAndKeptForEver() throws Exception {
    HttpResponse<byte[]> tile =
        client.send(request("/tlog/tile/0/x001/x234/067"), BodyHandlers.ofByteArray());

    assertArrayEquals(LEAVES.repeat(256).getBytes(StandardCharsets.UTF_8), tile.body());
    assertEquals("application/octet-stream", header(tile, "content-type"));
    assertEquals("public, max-age=31536000, immutable", header(tile, "cache-control"));
    assertEquals("*", header(tile, "access-control-allow-origin"));
    assertEquals(LEAVES.repeat(7), get("/tlog/tile/0/x001/x234/067.p/7").body());
    HttpResponse<String> head =
        client.send(
            HttpRequest.newBuilder(uri("/tlog/tile/0/x001/x234/067")).HEAD().build(),
            BodyHandlers.ofString());
    assertEquals("8192", header(head, "content-length"));
    assertEquals("", head.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tlog/tile/0/000",
        "/tlog/tile/1/000.p/1",
        "/tlog/tile/0/x001/x234/067?x=1",
        "/tlog/checkpoint/",
        "/tlog/tile/00/x001/x234/067",
        "/tlog/tile/0/x001/x234/067.p/256",
        "/tlog/nothing",
      })
  void whatIsNotThereIs404WithAShortBodyThatPagesMayRead(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().length() < 100, answer.body());
    assertEquals("*", header(answer, "access-control-allow-origin"));
    assertEquals("no-store", header(answer, "cache-control"));
  }

  /** As some client may send them, with nothing made tidy. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tlog/checkpoint?",
        "/tlog/./checkpoint",
        "/tlog//checkpoint",
        "/tlog/x/../checkpoint",
        "/tlog/%63heckpoint",
        "/x/../tlog/checkpoint",
      })
  void noOtherSpellingLeadsToTheSame(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
    }
  }

  @Test
  void bundlesAreForThoseWhomTheNodeLetsRead() throws Exception {
    HttpResponse<String> stranger = get("/tlog/tile/entries/000");
    assertEquals(401, stranger.statusCode());
    assertEquals("Bearer", header(stranger, "www-authenticate"));

    HttpResponse<String> reader =
        client.send(
            HttpRequest.newBuilder(uri("/tlog/tile/entries/000.p/2"))
                .header("authorization", "Bearer " + fixture.token())
                .build(),
            BodyHandlers.ofString());

    assertEquals(200, reader.statusCode());
    assertEquals("firstsecond", reader.body());
    assertEquals("private, max-age=31536000, immutable", header(reader, "cache-control"));
    assertEquals("authorization", header(reader, "vary"));
    assertEquals(
        401,
        client
            .send(
                HttpRequest.newBuilder(uri("/tlog/tile/entries/000"))
                    .header("authorization", "Bearer no-such-token")
                    .header("pinlian-reader", GatewayFixture.PARTICIPANT)
                    .build(),
                BodyHandlers.ofString())
            .statusCode());
  }

  @Test
  void bundlesThatWereOpenedAreForAnyone() throws Exception {
    fixture.close();
    fixture = new GatewayFixture(GatewayConfig.builder().entriesOpen(true));
    fixture.node.tlog = new Little();

    HttpResponse<String> answer = get("/tlog/tile/entries/000");

    assertEquals(200, answer.statusCode());
    assertEquals("public, max-age=31536000, immutable", header(answer, "cache-control"));
  }

  @Test
  void aNodeThatIsAwayIsSaidToBe() throws Exception {
    fixture.node.close();

    HttpResponse<String> answer = get("/tlog/checkpoint");

    assertEquals(503, answer.statusCode());
    assertEquals("1", header(answer, "retry-after"));
  }

  @Test
  void nothingButGetIsAnsweredAndGrpcDoesNotLeadThere() throws Exception {
    assertEquals(
        405,
        client
            .send(
                HttpRequest.newBuilder(uri("/tlog/checkpoint"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString())
            .statusCode());
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        org.junit.jupiter.api.Assertions.assertThrows(
                io.grpc.StatusRuntimeException.class,
                () ->
                    TlogGrpc.newBlockingStub(fixture.loggedIn())
                        .getTile(GetTileRequest.getDefaultInstance()))
            .getStatus()
            .getCode());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path), BodyHandlers.ofString());
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + fixture.gateway.port() + path);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
