// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.access.RateLimit;

class HttpTest {
  private final GatewayFixture fixture =
      new GatewayFixture(
          GatewayConfig.builder().addressLimit(new RateLimit(1, 5, 1 << 20, 1 << 20)));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void saysWhatItIs(HttpClient.Version version) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri("/")).version(version).build(), BodyHandlers.ofString());

    assertEquals(200, answer.statusCode());
    assertTrue(
        Pattern.matches(
            "\\{\"name\":\"pinlian\",\"version\":\"[0-9]+\\.[0-9]+\\.[0-9]+.*\"}", answer.body()),
        answer.body());
    assertEquals("nosniff", header(answer, "x-content-type-options"));
    assertTrue(header(answer, "content-security-policy").contains("default-src 'none'"));
  }

  @Test
  void isAliveWhateverTheNodeIs() throws IOException, InterruptedException {
    fixture.node.close();

    assertEquals(200, get("/health").statusCode());
    assertEquals("{\"status\":\"up\"}", get("/health").body());
  }

  @Test
  void isReadyWhenTheNodeServes() throws IOException, InterruptedException {
    assertEquals(200, get("/ready").statusCode());
    fixture.node.health.setStatus("", ServingStatus.NOT_SERVING);
    assertEquals(503, get("/ready").statusCode());
    fixture.node.close();
    HttpResponse<String> gone = get("/ready");
    assertEquals(503, gone.statusCode());
    assertEquals("{\"ready\":false}", gone.body());
  }

  @Test
  void saysWhenStoredBytesAreDamagedAndStaysReady() throws IOException, InterruptedException {
    fixture.node.health.setStatus("pinlian.storage", ServingStatus.SERVING);
    assertEquals("{\"ready\":true}", get("/ready").body());
    fixture.node.health.setStatus("pinlian.storage", ServingStatus.NOT_SERVING);

    HttpResponse<String> damaged = get("/ready");

    assertEquals(200, damaged.statusCode());
    assertEquals("{\"ready\":true,\"storage\":\"damaged\"}", damaged.body());
  }

  @Test
  void countsCallsMessagesLoginsAndRefusals() throws IOException, InterruptedException {
    Channel channel = fixture.loggedIn();
    submit(channel, new byte[1_000]);
    submit(channel, new byte[500]);
    assertThrows(StatusRuntimeException.class, () -> submit(fixture.channel, utf8("x")));

    String text = get("/metrics").body();

    assertMetric(
        text,
        "pinlian_gateway_calls_seconds_count"
            + "{method=\"pinlian.v1.Submission/Submit\",status=\"OK\"}",
        2);
    assertMetric(
        text,
        "pinlian_gateway_calls_seconds_count"
            + "{method=\"pinlian.v1.Submission/Submit\",status=\"UNAUTHENTICATED\"}",
        1);
    // Two submissions, a challenge and a login.
    assertMetric(text, "pinlian_gateway_messages_total{direction=\"in\"}", 4);
    assertMetric(text, "pinlian_gateway_messages_total{direction=\"out\"}", 4);
    assertMetric(text, "pinlian_gateway_logins_total{outcome=\"good\"}", 1);
    assertMetric(text, "pinlian_gateway_tokens_live", 1);
    assertMetric(text, "pinlian_gateway_calls_in_flight", 0);
    assertMetric(text, "pinlian_gateway_calls_of_strangers", 0);
    assertMetric(text, "pinlian_gateway_calls_over_cap_total{cap=\"address\"}", 0);
    assertMetric(text, "pinlian_gateway_calls_stalled_total", 0);
    assertMetric(text, "pinlian_gateway_rate_limited_total{caller=\"address\"}", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/../etc", "/%2e%2e/%00", "/metrics/x"})
  void whatIsNotHereIsNotFound(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(path);

    assertTrue(answer.statusCode() == 404 || answer.statusCode() == 400, answer.toString());
    assertEquals("application/problem+json", header(answer, "content-type"));
    assertFalse(answer.body().contains(path), answer.body());
    String code = answer.statusCode() == 404 ? "NOT_FOUND" : "BAD_REQUEST";
    assertTrue(answer.body().contains("\"code\":\"" + code + "\""), answer.body());
  }

  @Test
  void answersOnlyToGetAndHead() throws IOException, InterruptedException {
    HttpRequest post =
        HttpRequest.newBuilder(uri("/health"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();

    assertEquals(405, client.send(post, BodyHandlers.ofString()).statusCode());
    HttpResponse<String> head = client.send(head("/health"), BodyHandlers.ofString());
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals("15", header(head, "content-length"));
  }

  @Test
  void anAddressThatAsksTooOftenIsToldWhenToComeBack() throws IOException, InterruptedException {
    for (int i = 0; i < 5; i++) {
      assertEquals(200, get("/").statusCode());
    }

    HttpResponse<String> refused = get("/");

    assertEquals(429, refused.statusCode());
    assertEquals("1", header(refused, "retry-after"));
    assertEquals(200, get("/health").statusCode());
  }

  @Test
  void connectionsAreCountedUntilTheyClose() throws IOException, InterruptedException {
    // One that upgrades to HTTP/2 on the way, one that does not, one that is HTTP/2 from the start.
    get("/health");
    try (HttpClient old = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      old.send(HttpRequest.newBuilder(uri("/health")).build(), BodyHandlers.ofString());
      fixture.token();
      assertMetric(fixture.registry.scrape(), "pinlian_gateway_connections", 3);
    }
    client.close();
    fixture.channel.shutdownNow();

    await(
        "all are closed",
        () -> fixture.registry.scrape().contains("\npinlian_gateway_connections 0.0\n"));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpRequest head(String path) {
    return HttpRequest.newBuilder(uri(path)).HEAD().build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + fixture.gateway.port() + path);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static void assertMetric(String text, String name, double value) {
    Matcher line =
        Pattern.compile("^" + Pattern.quote(name) + " (.*)$", Pattern.MULTILINE).matcher(text);
    assertTrue(line.find(), name + " is not in\n" + text);
    assertEquals(value, Double.parseDouble(line.group(1)), name);
  }
}
