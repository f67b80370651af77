// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NodeConfig;
import org.pinlian.record.Draft;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.Stage.Filed;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Goods;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;

/** Orders as anybody's browser gets them, from a real node through a real gateway. */
class NoticesServedTest {
  private static final String SECRET = "某某批发行第七库";
  private static final String OPINION = "法制审核意见留存";

  @TempDir Path data;

  @Test
  void anOrderIsPublicWithWhatHasBecomeOfIt() throws Exception {
    Subject lot = Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":L1");
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      ledger.file(
          Actor.DISTRICT,
          "停止销售",
          List.of(
              Draft.of(
                      PublicPart.newBuilder()
                          .setOrder(order(OrderType.ORDER_TYPE_STOP_SALE).setReason("快检阳性 <待确认>")))
                  .line(LineRole.LINE_ROLE_OBJECT, lot)));
      Filed recall =
          ledger.file(
              Actor.DISTRICT,
              "召回",
              List.of(
                  Draft.of(
                          PublicPart.newBuilder()
                              .setOrder(
                                  order(OrderType.ORDER_TYPE_RECALL)
                                      .setGrade(1)
                                      .setReason("检出禁用药物")
                                      .setNeedsApproval(true)))
                      .line(LineRole.LINE_ROLE_OBJECT, lot)
                      .trade(Trade.newBuilder().setNote(SECRET).build())));
      ledger.file(
          Actor.CITY,
          "法制审核",
          List.of(
              Draft.of(
                      PublicPart.newBuilder()
                          .setApproval(
                              Approval.newBuilder()
                                  .setRecord(ByteString.copyFrom(recall.digests().get(0).bytes()))
                                  .setOpinion(OPINION)))
                  .line(LineRole.LINE_ROLE_RECORD, Subject.record(recall.index(), 0))));
    }
    try (LedgerServer server =
            LedgerServer.start(
                NodeConfig.defaults(data),
                new GatewayFile(
                    GatewayConfig.builder().host("127.0.0.1").port(0).build(), null, null, null));
        HttpClient client = HttpClient.newHttpClient()) {
      String json = get(client, server, "/notices.json");
      JsonNode notices = new ObjectMapper().readTree(json).path("notices");
      assertEquals(2, notices.size());
      assertEquals("RECALL", notices.path(0).path("type").asText());
      assertEquals("IN_EFFECT", notices.path(0).path("state").asText());
      assertEquals(lot.uri(), notices.path(0).path("subjects").path(0).asText());
      assertEquals(Actor.DISTRICT.id().toString(), notices.path(0).path("orderedBy").asText());
      assertEquals("STOP_SALE", notices.path(1).path("type").asText());
      String before = notices.path(0).path("record").path("at").asText();
      JsonNode older =
          new ObjectMapper().readTree(get(client, server, "/notices.json?before=" + before));
      assertEquals(1, older.path("notices").size());
      String atom = get(client, server, "/notices.atom");
      assertTrue(atom.contains("【生效中】1级召回（食用农产品）"), atom);
      assertTrue(atom.contains("快检阳性 &lt;待确认&gt;"), atom);
      for (String secret : List.of(SECRET, OPINION, Actor.CITY.id().toString())) {
        assertFalse(json.contains(secret) || atom.contains(secret), secret);
      }
    }
    assertTrue(Audit.run(data, Progress.SILENT).isClean());
  }

  private static Order.Builder order(OrderType type) {
    return Order.newBuilder()
        .setType(type)
        .setGoods(Goods.GOODS_FARM_PRODUCT)
        .setLegalBasis("农产品质量安全法")
        .setOrderedAt(System.currentTimeMillis());
  }

  private static String get(HttpClient client, LedgerServer server, String path) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(20))
                .build(),
            BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }
}
