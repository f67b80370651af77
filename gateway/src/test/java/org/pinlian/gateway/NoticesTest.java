// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.v1.Goods;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.Notice;
import org.pinlian.v1.NoticeState;
import org.pinlian.v1.NoticesGrpc;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.RecordAt;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The public notices over HTTP, before a node that has three. */
class NoticesTest {
  private static final String ATOM = "http://www.w3.org/2005/Atom";

  /** Whatever somebody may have written where words go. */
  private static final String NASTY = "]]>&amp;<script>\"'\u0000\u0008\ufffe \ud83d\ude00 召回";

  private final GatewayFixture fixture = new GatewayFixture();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Three three = new Three();

  NoticesTest() {
    fixture.node.notices = three;
  }

  @AfterEach
  void stop() {
    client.close();
    fixture.close();
  }

  /** Two on the first page, one on the next. */
  private static final class Three extends NoticesGrpc.NoticesImplBase {
    final ConcurrentLinkedQueue<ListNoticesRequest> asked = new ConcurrentLinkedQueue<>();
    volatile Status failing = Status.OK;

    @Override
    public void listNotices(ListNoticesRequest request, StreamObserver<ListNoticesReply> reply) {
      asked.add(request);
      if (!failing.isOk()) {
        reply.onError(failing.asRuntimeException());
        return;
      }
      ListNoticesReply.Builder page =
          ListNoticesReply.newBuilder()
              .setSize(40)
              .setAsOf(Instant.parse("2026-05-01T00:00:00Z").toEpochMilli())
              .setCheckpoint("ledger.example/test\n40\nroot\n\n\u2014 ledger.example/test sig\n");
      if (request.hasBefore()) {
        page.addNotices(notice(3, NoticeState.NOTICE_STATE_WAITING, ""));
      } else {
        page.addNotices(notice(30, NoticeState.NOTICE_STATE_IN_EFFECT, NASTY))
            .addNotices(notice(20, NoticeState.NOTICE_STATE_VOIDED, ""))
            .setMore(true);
      }
      reply.onNext(page.build());
      reply.onCompleted();
    }

    private static Notice notice(long index, NoticeState state, String reason) {
      long at = Instant.parse("2026-04-01T00:00:00Z").toEpochMilli() + index * 1000;
      return Notice.newBuilder()
          .setAt(RecordAt.newBuilder().setIndex(index).setPosition(1))
          .setRecordDigest(ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef"))
          .setRecordedAt(at)
          .setOrder(
              Order.newBuilder()
                  .setType(OrderType.ORDER_TYPE_RECALL)
                  .setGrade(1)
                  .setGoods(Goods.GOODS_FOOD)
                  .setLegalBasis("食品安全法63")
                  .setReason(reason)
                  .setOrderedAt(at))
          .addSubjects("https://id.gs1.org/01/09520000000004/10/A")
          .setOrderedBy("uscc:91000000MA00000157")
          .setState(state)
          .setBy(RecordAt.newBuilder().setIndex(index + 1))
          .setSince(at + 500)
          .build();
    }
  }

  @Test
  void programsReadThemAsJson() throws Exception {
    HttpResponse<String> answer = get("/notices.json");

    assertEquals(200, answer.statusCode());
    assertEquals("application/json", header(answer, "content-type"));
    assertEquals("public, max-age=2", header(answer, "cache-control"));
    assertEquals("*", header(answer, "access-control-allow-origin"));
    assertEquals("cross-origin", header(answer, "cross-origin-resource-policy"));
    JsonObject page = new JsonObject(answer.body());
    assertEquals("ledger.example/test", page.getString("origin"));
    assertEquals("/notices.json?before=20.1", page.getString("next"));
    JsonObject first = page.getJsonArray("notices").getJsonObject(0);
    assertEquals("IN_EFFECT", first.getString("state"));
    assertEquals("RECALL", first.getString("type"));
    assertEquals("FOOD", first.getString("goods"));
    assertEquals(1, first.getInteger("grade"));
    assertEquals("【生效中】1级召回（食品）", first.getJsonObject("title").getString("zh"));
    assertEquals(
        "[in effect] recall, grade 1 (food)", first.getJsonObject("title").getString("en"));
    assertEquals(NASTY, first.getString("reason"));
    assertEquals("30.1", first.getJsonObject("record").getString("at"));
    assertEquals("31.0", first.getJsonObject("stateBy").getString("at"));
    assertEquals("2026-04-01T00:00:30Z", first.getString("orderedAt"));

    JsonObject last = new JsonObject(get(page.getString("next")).body());
    assertEquals(1, last.getJsonArray("notices").size());
    assertFalse(last.containsKey("next"));
    assertEquals(
        RecordAt.newBuilder().setIndex(20).setPosition(1).build(),
        new ArrayList<>(three.asked).getLast().getBefore());
  }

  @Test
  void feedReadersReadThemAsAtom() throws Exception {
    HttpResponse<String> answer = get("/notices.atom");

    assertEquals(200, answer.statusCode());
    assertEquals("application/atom+xml; charset=utf-8", header(answer, "content-type"));
    assertEquals("*", header(answer, "access-control-allow-origin"));
    Element feed = parsed(answer.body()).getDocumentElement();
    assertEquals(ATOM, feed.getNamespaceURI());
    assertEquals("feed", feed.getLocalName());
    assertEquals("urn:pinlian:notices:ledger.example/test", text(feed, "id"));
    assertEquals("2026-04-01T00:00:30.500Z", text(feed, "updated"));
    assertEquals("ledger.example/test", text(feed, "name"));
    assertEquals(
        List.of("self /notices.atom", "next /notices.atom?before=20.1"),
        all(feed, "link").stream()
            .map(link -> link.getAttribute("rel") + " " + link.getAttribute("href"))
            .toList());
    List<Element> entries = all(feed, "entry");
    assertEquals(2, entries.size());
    for (String needed : List.of("id", "title", "updated", "published", "content")) {
      assertFalse(text(entries.get(0), needed).isEmpty(), needed);
    }
    assertTrue(text(entries.get(0), "title").startsWith("【生效中】"));
    assertTrue(text(entries.get(1), "title").startsWith("【已撤销】"));
    assertEquals("VOIDED", all(entries.get(1), "category").get(0).getAttribute("term"));
    assertFalse(text(entries.get(0), "id").equals(text(entries.get(1), "id")));
  }

  @Test
  void whatSomebodyWroteStaysTextInXml() throws Exception {
    String content = text(all(parsed(get("/notices.atom").body()), "entry").get(0), "content");

    assertTrue(
        content.contains("原因 reason: ]]>&amp;<script>\"'\ufffd\ufffd\ufffd \ud83d\ude00 召回\n"),
        content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/notices.json?",
        "/notices.json?before=",
        "/notices.json?before=1",
        "/notices.json?before=01.0",
        "/notices.json?before=-1.0",
        "/notices.json?before=1.0&before=2.0",
        "/notices.json?before=1.0&x=1",
        "/notices.json?BEFORE=1.0",
        "/notices.json?before=9999999999999999999999.0",
        "/notices.json?before=1.9999999999",
        "/notices.json?before=%31.0",
        "/notices.json/",
        "/./notices.json",
        "/%6eotices.json",
        "/notices",
        "/notices.xml",
      })
  void noOtherSpellingLeadsThere(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
    }
    assertTrue(three.asked.isEmpty());
  }

  @Test
  void theNewestPageIsAskedForOnceInAMoment() throws Exception {
    String first = get("/notices.json").body();
    for (int n = 0; n < 5; n++) {
      assertEquals(first, get("/notices.json").body());
      assertEquals(200, get("/notices.atom").statusCode());
    }
    assertEquals(1, three.asked.size());

    fixture.pass(Duration.ofSeconds(2));
    get("/notices.json");
    assertEquals(2, three.asked.size());
  }

  @Test
  void aFailureIsSaidAndNotKept() throws Exception {
    three.failing = Status.RESOURCE_EXHAUSTED;
    assertEquals(429, get("/notices.json").statusCode());
    three.failing = Status.INTERNAL;
    HttpResponse<String> failed = get("/notices.atom");
    assertEquals(503, failed.statusCode());
    assertEquals("1", header(failed, "retry-after"));
    assertEquals("no-store", header(failed, "cache-control"));
    three.failing = Status.OK;
    assertEquals(200, get("/notices.json").statusCode());
  }

  @Test
  void headSaysHowLongAndNothingElse() throws Exception {
    HttpResponse<String> head =
        client.send(
            HttpRequest.newBuilder(uri("/notices.atom")).HEAD().build(), BodyHandlers.ofString());

    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals(
        Integer.toString(get("/notices.atom").body().getBytes(StandardCharsets.UTF_8).length),
        header(head, "content-length"));
  }

  @Test
  void anybodyMayCallTheNodeForThemWithinTheLimitsOfTheAddress() {
    assertEquals(
        2,
        NoticesGrpc.newBlockingStub(fixture.channel)
            .listNotices(ListNoticesRequest.getDefaultInstance())
            .getNoticesCount());
  }

  private static Document parsed(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> all(Document document, String name) {
    return all(document.getDocumentElement(), name);
  }

  private static List<Element> all(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (int n = 0; n < parent.getElementsByTagNameNS(ATOM, name).getLength(); n++) {
      found.add((Element) parent.getElementsByTagNameNS(ATOM, name).item(n));
    }
    return found;
  }

  private static String text(Element parent, String name) {
    return all(parent, name).get(0).getTextContent();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + fixture.gateway.port() + path);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
