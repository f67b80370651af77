// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.access.ByteCaps;
import org.slf4j.LoggerFactory;

/** Whatever is thrown at the port, it goes on serving, and does not fill the log. */
class HostileBytesTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final GatewayFixture fixture =
      new GatewayFixture(
          GatewayConfig.builder()
              .firstRequestWithin(Duration.ofMillis(500))
              .idleTimeout(Duration.ofMillis(900))
              .shutdownGrace(Duration.ofSeconds(1))
              .byteCaps(new ByteCaps(4 << 20, 1_200_000)));
  private final Vertx vertx = Vertx.vertx();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listenToTheLog() {
    logged.start();
    root().addAppender(logged);
  }

  @AfterEach
  void stop() throws TimeoutException {
    root().detachAppender(logged);
    vertx.close().await(10, TimeUnit.SECONDS);
    fixture.close();
    List<String> noise =
        logged.list.stream()
            .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    assertEquals(List.of(), noise);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @Test
  void garbageClosesItsConnectionAndNothingElse() throws IOException {
    Random random = new Random(3);
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] garbage = new byte[1 + random.nextInt(20_000)];
      random.nextBytes(garbage);
      if (i % 2 == 1) {
        byte[] preface = PREFACE.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(preface, 0, garbage, 0, Math.min(preface.length, garbage.length));
      }
      sockets.add(send(garbage));
    }

    for (Socket socket : sockets) {
      assertTrue(closes(socket));
    }
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        PREFACE,
        "GET /health HT",
        "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: a",
        "\u0000\u0000\u0000"
      })
  void whoeverDoesNotFinishIsNotWaitedForLong(String halfARequest) throws IOException {
    assertTrue(closes(send(halfARequest.getBytes(StandardCharsets.ISO_8859_1))));
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(ints = {414, 431, 400, 413, 405, 415})
  void badRequestsGetTheirStatusAndTheConnectionEnds(int status) throws IOException {
    String request =
        switch (status) {
          case 414 -> "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
          case 431 -> "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(20_000) + "\r\n\r\n";
          case 400 -> "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n";
          case 413 -> "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n";
          case 405 -> "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
          case 415 ->
              "POST /pinlian.v1.Log/GetLedger HTTP/1.1\r\nContent-Type: application/grpc\r\n\r\n";
          default -> throw new AssertionError(status);
        };

    try (Socket socket = send(request.getBytes(StandardCharsets.ISO_8859_1))) {
      String answer = readAll(socket);
      // A request line too long to be read names no version.
      assertTrue(answer.matches("(?s)HTTP/1[.][01] " + status + " .*"), answer);
      assertTrue(answer.contains("application/problem+json"), answer);
    }
    assertServes();
  }

  @Test
  void aMessageFlaggedAsCompressedOnACallWithoutEncodingIsRefused() throws TimeoutException {
    assertEquals("12", grpcStatus("0100000001AA", true));
    assertServes();
  }

  @Test
  void flagsThatDoNotExistAreRefused() throws TimeoutException {
    assertEquals("3", grpcStatus("0200000001AA", true));
  }

  @Test
  void aRequestThatEndsWithinAMessageIsRefused() throws TimeoutException {
    assertEquals("3", grpcStatus("00000000", true));
    assertEquals("3", grpcStatus("0000000002AA", true));
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedBeforeItsBytesCome() throws TimeoutException {
    assertEquals("8", grpcStatus("00FFFFFFFF", false));
  }

  @Test
  void aQuestionIsNoLongerThanQuestionsAre() throws TimeoutException {
    assertEquals("8", status(request("/pinlian.v1.Provenance/Trace"), hex("0000010001"), false));
  }

  @Test
  void messagesNeverSentToTheEndHaveACapForEachParticipant() throws TimeoutException {
    // Of a million bytes each, so it says.
    Buffer begun = hex("00000F4240").appendBytes(new byte[300_000]);
    for (int i = 0; i < 2; i++) {
      request().write(begun.copy());
    }
    await("both are held", () -> bytesHeld() >= 600_000);

    assertEquals("8", status(request(), begun, false));

    assertServes();
    assertTrue(bytesHeld() <= 1_200_000);
  }

  private double bytesHeld() {
    return fixture.registry.get("pinlian.gateway.bytes.held").gauge().value();
  }

  @Test
  void aTimeoutThatIsNoneIsRefused() throws TimeoutException {
    HttpClientRequest request = request();
    request.putHeader("grpc-timeout", "soon");

    assertEquals("3", status(request, Buffer.buffer(), true));
  }

  @Test
  void whoKeepsSendingAfterTheAnswerIsCutOff() throws TimeoutException {
    HttpClientRequest request = request();
    boolean[] reset = new boolean[1];
    request.exceptionHandler(_ -> reset[0] = true);
    assertEquals("8", status(request, hex("00FFFFFFFF"), false));

    Buffer more = Buffer.buffer(new byte[16 << 10]);
    for (int i = 0; i < 1_000 && !reset[0]; i++) {
      request.write(more);
      GatewayFixture.sleep(1);
    }

    await("the stream is reset", () -> reset[0]);
    assertServes();
  }

  @Test
  void quietStreamsStayAsLongAsTheirPeerAnswersPings() {
    Replies stream = Replies.to(fixture.loggedIn(), FakeNode.SUBMIT_STREAM);
    stream.call.request(10);
    stream.call.sendMessage(utf8("before"));
    await("the reply", () -> stream.messages.size() == 1);

    GatewayFixture.sleep(2_500);

    stream.call.sendMessage(utf8("after"));
    await("the reply", () -> stream.messages.size() == 2);
    stream.call.halfClose();
    assertTrue(stream.end().getStatus().isOk());
  }

  private void assertServes() {
    assertArrayEquals(utf8("still here"), submit(fixture.loggedIn(), utf8("still here")));
  }

  private Socket send(byte[] bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port());
    socket.setSoTimeout(10_000);
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (SocketException closedAlready) {
      assertNotNull(closedAlready);
    }
    return socket;
  }

  private static boolean closes(Socket socket) throws IOException {
    try (socket) {
      readAll(socket);
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static String readAll(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private HttpClientRequest request() throws TimeoutException {
    return request("/pinlian.v1.Submission/Submit");
  }

  private HttpClientRequest request(String path) throws TimeoutException {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    String token = fixture.token();
    HttpClientRequest request =
        client
            .request(HttpMethod.POST, fixture.gateway.port(), "127.0.0.1", path)
            .await(10, TimeUnit.SECONDS);
    request.setChunked(true);
    request.putHeader("content-type", "application/grpc");
    request.putHeader("authorization", "Bearer " + token);
    return request;
  }

  private @Nullable String grpcStatus(String body, boolean end) throws TimeoutException {
    return status(request(), hex(body), end);
  }

  private static Buffer hex(String hex) {
    return Buffer.buffer(java.util.HexFormat.of().parseHex(hex));
  }

  private static @Nullable String status(HttpClientRequest request, Buffer body, boolean end)
      throws TimeoutException {
    if (end) {
      request.end(body);
    } else {
      request.write(body);
    }
    HttpClientResponse response = request.response().await(10, TimeUnit.SECONDS);
    @Nullable String inHeaders = response.getHeader("grpc-status");
    if (inHeaders != null) {
      return inHeaders;
    }
    response.end().await(10, TimeUnit.SECONDS);
    return response.getTrailer("grpc-status");
  }
}
