// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.v1.BusinessTransaction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Party;
import org.pinlian.v1.Section;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

class EpcisReaderTest {
  private static final String WHEN =
      "'eventTime':'2026-03-01T08:00:00+08:00','eventTimeZoneOffset':'+08:00'";

  private static EpcisException refusal(byte[] document) throws EpcisException {
    EpcisOutcome outcome = EpcisReader.read(document).get(0);
    return assertInstanceOf(Refused.class, outcome).refusal();
  }

  /** Each: what is put behind a sound event, the rule it breaks, and where. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'bizStep':'selling' | BAD_VOCABULARY | bizStep",
        "'bizStep':'not a uri:x' | BAD_URI | bizStep",
        "'disposition':'shipping' | BAD_VOCABULARY | disposition",
        "'persistentDisposition':{'set':['recalled','lost']} | BAD_VOCABULARY |"
            + " persistentDisposition.set[1]",
        "'eventID':'no uri' | BAD_URI | eventID",
        "'recordTime':'yesterday' | BAD_TIME | recordTime",
        "'ilmd':{'cbvmda:itemExpirationDate':'2027-02-31'} | BAD_TIME |"
            + " ilmd.cbvmda:itemExpirationDate",
        "'ilmd':{'cbvmda:harvestStartDate':'20270228'} | BAD_TIME | ilmd.cbvmda:harvestStartDate",
        "'ilmd':{'cbvmda:sellByDate':'2027-02-28T24:30:00Z'} | BAD_TIME | ilmd.cbvmda:sellByDate",
        "'ilmd':{'cbvmda:bestBeforeDate':{'on':'2027-02-28'}} | BAD_TIME |"
            + " ilmd.cbvmda:bestBeforeDate",
        "'ilmd':{'productionDate':'soon'} | BAD_TIME | ilmd.productionDate",
        "'foo':'1' | UNKNOWN_FIELD | foo",
        "'parentID':'urn:epc:id:sscc:9520000.0000000001' | UNKNOWN_FIELD | parentID",
        "'childEPCs':[] , 'inputEPCList':['urn:epc:id:giai:9520000.1'] | UNKNOWN_FIELD |"
            + " inputEPCList[0]",
        "'transformationID':'urn:x:1' | UNKNOWN_FIELD | transformationID",
        "'readPoint':{'id':'https://example.com/414/9520000000012'} | WRONG_CHECK_DIGIT |"
            + " readPoint.id",
        "'readPoint':{'name':'x'} | UNKNOWN_FIELD | readPoint.name",
        "'readPoint':'geo:1,2' | MISSING_FIELD | id",
        "'bizLocation':{'id':'nowhere'} | BAD_URI | bizLocation.id",
        "'bizTransactionList':[{'type':'po','bizTransaction':'urn:x:1'},{'type':'po'}] |"
            + " MISSING_FIELD | bizTransactionList[1].bizTransaction",
        "'bizTransactionList':[{'type':'order','bizTransaction':'urn:x:1'}] | BAD_VOCABULARY |"
            + " bizTransactionList[0].type",
        "'sourceList':[{'source':'urn:x:1'}] | MISSING_FIELD | sourceList[0].type",
        "'destinationList':[{'type':'location','destination':'x'}] | BAD_URI |"
            + " destinationList[0].destination",
        "'quantityList':[{'quantity':1}] | MISSING_FIELD | quantityList[0].epcClass",
        "'quantityList':[{'epcClass':'urn:x:1','uom':'KGM'}] | MISSING_FIELD |"
            + " quantityList[0].quantity",
        "'quantityList':[{'epcClass':'urn:x:1','quantity':'many'}] | BAD_NUMBER |"
            + " quantityList[0].quantity",
        "'quantityList':[{'epcClass':'urn:x:1','quantity':1e20}] | BAD_NUMBER |"
            + " quantityList[0].quantity",
        "'quantityList':[{'epcClass':'urn:x:1','quantity':0.0000000001}] | BAD_NUMBER |"
            + " quantityList[0].quantity",
        "'quantityList':[{'epcClass':'urn:x:1','quantity':-1,'uom':'KGM'}] | NOT_A_RECORD | ``",
        "'quantityList':[{'epcClass':'urn:x:1','quantity':1,'ext1:x':'1'}] | UNKNOWN_FIELD |"
            + " quantityList[0].{https://ns.example.com/one/}x",
        "'epcList2':['x'] | UNKNOWN_FIELD | epcList2",
        "'errorDeclaration':{'reason':'incorrect_data'} | MISSING_FIELD |"
            + " errorDeclaration.declarationTime",
        "'errorDeclaration':{'declarationTime':'2026-03-01T00:00:00Z','reason':'oops'} |"
            + " BAD_VOCABULARY | errorDeclaration.reason",
        "'errorDeclaration':{'declarationTime':'2026-03-01T00:00:00Z','correctiveEventIDs':['x']}"
            + " | BAD_URI | errorDeclaration.correctiveEventIDs[0]",
        "'sensorElementList':[{'sensorReport':[{'value':1}]}] | MISSING_FIELD |"
            + " sensorElementList[0].sensorReport[0].type",
        "'sensorElementList':[{'sensorMetadata':{'time':'2026-03-01T00:00:00Z'}}] |"
            + " MISSING_FIELD | sensorElementList[0].sensorReport",
        "'sensorElementList':[{'sensorReport':[{'type':'warm'}]}] | BAD_VOCABULARY |"
            + " sensorElementList[0].sensorReport[0].type",
        "'sensorElementList':[{'sensorReport':[{'type':'Temperature','value':'warm'}]}] |"
            + " BAD_NUMBER | sensorElementList[0].sensorReport[0].value",
        "'sensorElementList':[{'sensorReport':[{'type':'Temperature','booleanValue':'yes'}]}] |"
            + " BAD_FIELD | sensorElementList[0].sensorReport[0].booleanValue",
        "'sensorElementList':[{'sensorReport':[{'type':'Temperature','hexBinaryValue':'f'}]}] |"
            + " NOT_A_RECORD | ``",
        "'sensorElementList':[{'sensorMetadata':{'deviceID':'https://id.gs1.org/00/1'},"
            + "'sensorReport':[{'type':'Temperature'}]}] | BAD_IDENTIFIER |"
            + " sensorElementList[0].sensorMetadata.deviceID",
      })
  void aFieldThatIsNotAsEpcisHasItIsRefusedWithItsPlace(String field, Reason reason, String place)
      throws EpcisException {
    EpcisException refused = refusal(Documents.json(Documents.OBJECT + "," + field));
    assertEquals(reason, refused.reason(), refused.getMessage());
    assertTrue(
        refused.place().matches("line \\d+, eventList\\[0].*") && refused.place().endsWith(place),
        refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2026-02-30T00:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T00:00:60Z",
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00+15:00",
        "2026-03-01T00:00:00+08",
        "2026-03-01T00:00:00.Z",
        "2026-03-01 00:00:00Z",
        "2026-03-01T00:00:00Zx",
        "26-03-01T00:00:00Z",
        "1969-12-31T00:00:00Z",
        "2026-03-01",
      })
  void aTimeThatIsNoInstantIsRefused(String time) throws EpcisException {
    EpcisException refused =
        refusal(Documents.json(Documents.OBJECT.replace("2026-03-01T08:00:00+08:00", time)));
    assertEquals(Reason.BAD_TIME, refused.reason(), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "urn:epc:id:sgtin:9520000.00001.1 | BAD_IDENTIFIER",
        "urn:epc:id:nothing:9520000.000001.1 | BAD_IDENTIFIER",
        "https://id.gs1.org/01/09520000000012/21/1 | WRONG_CHECK_DIGIT",
        "https://shop.example.com/x/01/09520000000012 | WRONG_CHECK_DIGIT",
        "https://id.gs1.org/99/1 | BAD_IDENTIFIER",
        "thing | BAD_URI",
        "uscc:91000000MA00000157 | BAD_IDENTIFIER",
        "https://example.com/a b | BAD_IDENTIFIER",
      })
  void anIdentifierThatIsNoneIsRefused(String epc, Reason reason) throws EpcisException {
    EpcisException refused =
        refusal(Documents.json(Documents.OBJECT.replace("urn:epc:id:sgtin:9520000.000001.1", epc)));
    assertEquals(reason, refused.reason(), refused.getMessage());
    assertTrue(refused.place().endsWith("epcList[0]"), refused.place());
  }

  @Test
  void whatEveryEventNeedsIsAskedFor() throws EpcisException {
    for (String missing : List.of("eventTime", "eventTimeZoneOffset", "action")) {
      String fields = Documents.OBJECT.replaceFirst("'" + missing + "':'[^']*',", "");
      EpcisException refused = refusal(Documents.json(fields));
      assertEquals(Reason.MISSING_FIELD, refused.reason());
      assertTrue(refused.place().endsWith(missing), refused.getMessage());
    }
    EpcisException refused = refusal(Documents.json("'type':'QuantityEvent'," + WHEN));
    assertEquals(Reason.NOT_EVENTS, refused.reason());
  }

  @Test
  void identifiersOfAnyHostAndSpellingBecomeTheLedgersOne() throws EpcisException {
    for (String spelling :
        List.of(
            "urn:epc:id:sgtin:9520000.000001.A1",
            "https://id.gs1.org/01/09520000000011/21/A1",
            "http://shop.example.com/goods/01/09520000000011/21/A1?17=270101",
            "https://id.gs1.de/gtin/09520000000011/ser/A1")) {
      EpcisEvent event =
          Documents.only(
                  Documents.json(
                      Documents.OBJECT.replace("urn:epc:id:sgtin:9520000.000001.1", spelling)))
              .event();
      assertEquals(
          List.of(
              new Goods(LineRole.LINE_ROLE_OBJECT, "https://id.gs1.org/01/09520000000011/21/A1")),
          event.lines(),
          spelling);
    }
  }

  @Test
  void anEventWithoutAnObjectIsChainedToItsReadPoint() throws EpcisException {
    String none = "'type':'ObjectEvent'," + WHEN + ",'action':'OBSERVE'";
    EpcisEvent event =
        Documents.only(
                Documents.json(none + ",'readPoint':{'id':'urn:epc:id:sgln:9520000.00001.0'}"))
            .event();
    assertEquals(
        List.of(new Goods(LineRole.LINE_ROLE_PLACE, "https://id.gs1.org/414/9520000000011")),
        event.lines());

    EpcisException refused = refusal(Documents.json(none));
    assertEquals(Reason.MISSING_FIELD, refused.reason());
    assertTrue(refused.place().endsWith("readPoint"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2028-02-29",
        "2027-02-28Z",
        "2027-02-28+08:00",
        "2027-02-28T23:59:59",
        "2027-02-28T23:59:59.125+08:00"
      })
  void datesOfGoodsAreDatesOrDateTimesOfXmlSchema(String date) throws EpcisException {
    EpcisEvent event =
        Documents.only(
                Documents.json(
                    Documents.OBJECT.replace("OBSERVE", "ADD")
                        + ",'ilmd':{'cbvmda:sellByDate':'"
                        + date
                        + "'}"))
            .event();
    assertEquals(date, event.trade().getMasterData(0).getValue());
  }

  @Test
  void commissionedUnitsNameTheirLot() throws EpcisException {
    String commissioning =
        Documents.OBJECT.replace("OBSERVE", "ADD")
            + ",'ilmd':{'cbvmda:lotNumber':'L1','cbvmda:itemExpirationDate':'2027-01-01',"
            + "'cbvmda:netWeight':{'#text':'3.5','measurementUnitCode':'KGM'}}";
    EpcisEvent event = Documents.only(Documents.json(commissioning)).event();
    assertEquals(
        new Goods(LineRole.LINE_ROLE_LOT, "https://id.gs1.org/01/09520000000011/10/L1"),
        event.lines().get(1));
    assertEquals("L1", event.event().getItem().getLot());
    assertEquals("2027-01-01", event.event().getItem().getExpiresOn());
    assertEquals("cbvmda:netWeight", event.trade().getMasterData(0).getName());
    assertEquals("3.5", event.trade().getMasterData(0).getValue());

    String link =
        Documents.OBJECT
            .replace("OBSERVE", "ADD")
            .replace(
                "urn:epc:id:sgtin:9520000.000001.1",
                "https://id.gs1.org/01/09520000000011/10/L2/21/1");
    assertEquals(
        new Goods(LineRole.LINE_ROLE_LOT, "https://id.gs1.org/01/09520000000011/10/L2"),
        Documents.only(Documents.json(link)).event().lines().get(1));
  }

  @Test
  void masterDataOfGoodsSeenAgainAreForPartnersAlone() throws EpcisException {
    EpcisEvent event =
        Documents.only(Documents.json(Documents.OBJECT + ",'ilmd':{'cbvmda:lotNumber':'L1'}"))
            .event();
    assertEquals(false, event.event().hasItem());
    assertEquals("L1", event.trade().getMasterData(0).getValue());
  }

  @Test
  void thePublicPartTellsNoPlaceNoPartyNoQuantityAndNoExtension() throws EpcisException {
    String secret = "s3cret";
    EpcisEvent event =
        Documents.only(
                Documents.json(
                    Documents.OBJECT
                        + ",'readPoint':{'id':'urn:x:s3cret-1','ext1:a':'s3cret'}"
                        + ",'bizLocation':{'id':'urn:x:s3cret-2'}"
                        + ",'bizTransactionList':[{'type':'po','bizTransaction':'urn:x:s3cret-3'}]"
                        + ",'sourceList':[{'type':'location','source':'urn:x:s3cret-4'}]"
                        + ",'destinationList':[{'type':'location','destination':'urn:x:s3cret-5'}]"
                        + ",'quantityList':[{'epcClass':'urn:x:1','quantity':7031,'uom':'KGM'}]"
                        + ",'ilmd':{'cbvmda:x':'s3cret','ext1:y':'s3cret'}"
                        + ",'sensorElementList':[{'sensorMetadata':{'deviceID':'urn:x:s3cret-6'},"
                        + "'sensorReport':[{'type':'Length','value':7031,'uom':'MTR',"
                        + "'time':'2026-03-01T00:00:00Z'}]}]"
                        + ",'ext1:field':'s3cret'"))
            .event();
    String shown = event.event().toString();
    assertTrue(!shown.contains(secret) && !shown.contains("7031"), shown);
    assertTrue(!event.trade().toString().contains("ext1"), "extensions are in the source alone");
  }

  @Test
  void theTemperaturesOfAnEventAreACurveOfAHundredPointsAtMost() throws EpcisException {
    StringBuilder reports = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      reports.append(i == 0 ? "" : ",");
      reports.append("{'type':'Temperature','value':4.5,'uom':'CEL','time':'2026-03-01T");
      reports.append(String.format("%02d:%02d:00Z'}", i / 60, i % 60));
    }
    TraceEvent event =
        Documents.only(
                Documents.json(
                    Documents.OBJECT + ",'sensorElementList':[{'sensorReport':[" + reports + "]}]"))
            .event()
            .event();
    assertEquals(84, event.getSensors(0).getCurveCount());
    assertEquals(4_500, event.getSensors(0).getCurve(0).getValue());
  }

  @Test
  void anEventThatSaysTheSameOnceMoreIsARepetition() throws EpcisException {
    String event = "{" + Documents.OBJECT + "}";
    String other = event.replace("000001.1", "000001.2");
    String declared =
        event.replace(
            "'type'", "'errorDeclaration':{'declarationTime':'2026-03-02T00:00:00Z'},'type'");
    List<EpcisOutcome> outcomes =
        EpcisReader.read(
            Documents.json(
                Documents.OBJECT
                    + "},"
                    + other
                    + ","
                    + event.replace("08:00:00+08:00", "00:00:00Z")
                    + ","
                    + declared.substring(0, declared.length() - 1)));
    assertInstanceOf(Taken.class, outcomes.get(0));
    assertInstanceOf(Taken.class, outcomes.get(1));
    assertEquals(
        outcomes.get(0).place(), assertInstanceOf(Repeated.class, outcomes.get(2)).first());
    // The declaration has the id of the event that it speaks of, and is a statement of its own.
    Taken declaration = assertInstanceOf(Taken.class, outcomes.get(3));
    assertEquals(
        ((Taken) outcomes.get(0)).event().event().getEventId(),
        declaration.event().event().getEventId());
  }

  @Test
  void theSourceOfEachEventIsItsOwnBytesInADocumentOfItsOwn() throws EpcisException {
    String xml =
        """
        <ObjectEvent> <eventTime>2026-03-01T08:00:00+08:00</eventTime> <!-- 上午 -->
          <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
          <epcList><epc>urn:epc:id:sgtin:9520000.000001.%d</epc></epcList>
          <action>OBSERVE</action><ext1:note>竹笋😀 &amp; more</ext1:note></ObjectEvent>\
        """;
    String first = xml.formatted(1);
    String second = "<extension>" + xml.formatted(2) + "</extension>";
    byte[] document = Documents.xml("1.2", first + "\n<!-- between -->\n" + second);
    List<EpcisOutcome> outcomes = EpcisReader.read(document);
    for (int i = 0; i < 2; i++) {
      Taken taken = assertInstanceOf(Taken.class, outcomes.get(i), outcomes.toString());
      String source = taken.source().getContent().toStringUtf8();
      assertTrue(source.contains(i == 0 ? first : second), source);
      assertTrue(!source.contains("000001." + (2 - i)), source);
      assertEquals(
          EventHash.canonicalForm(taken.event()),
          EventHash.canonicalForm(
              EpcisReader.events(source.getBytes(StandardCharsets.UTF_8)).get(0)));
    }
  }

  @Test
  void theHeaderOfADocumentIsKeptWithItsFirstEvent() throws EpcisException {
    String event = "{" + Documents.OBJECT + "}";
    String json =
        new String(
                Documents.json(Documents.OBJECT + "}," + event.substring(0, event.length() - 1)),
                StandardCharsets.UTF_8)
            .replace("000001.1\"]}]", "000001.2\"]}]")
            .replace("\"epcisBody\"", "\"epcisHeader\":{\"statement\":\"complied\"},\"epcisBody\"");
    List<EpcisOutcome> outcomes = EpcisReader.read(json.getBytes(StandardCharsets.UTF_8));
    Taken first = assertInstanceOf(Taken.class, outcomes.get(0));
    Taken second = assertInstanceOf(Taken.class, outcomes.get(1));
    assertTrue(first.source().getContent().toStringUtf8().contains("complied"));
    assertTrue(second.source().getContent().toStringUtf8().contains("\"epcisHeader\":{}"));
  }

  @Test
  void quantitiesAreExactAndCountedWhereNoUnitIsGiven() throws EpcisException {
    Trade trade =
        Documents.only(
                Documents.json(
                    Documents.OBJECT
                        + ",'quantityList':[{'epcClass':'urn:x:1','quantity':12.10,'uom':'KGM'},"
                        + "{'epcClass':'urn:x:2','quantity':3},{'epcClass':'urn:x:3'}]"))
            .event()
            .trade();
    assertEquals(121, trade.getQuantities(0).getUnscaled());
    assertEquals(1, trade.getQuantities(0).getDecimals());
    assertEquals("", trade.getQuantities(1).getUnit());
    assertTrue(trade.getQuantities(2).getUnstated());
  }

  @Test
  void anEventThatDidNotComeAsEpcisIsWrittenSoThatItCanBeRead() throws EpcisException {
    String lot = "urn:pinlian:lot:uscc:93000000MA00000669:L1";
    TraceEvent event =
        TraceEvent.newBuilder()
            .setType(EventType.EVENT_TYPE_OBJECT)
            .setAction(EventAction.EVENT_ACTION_OBSERVE)
            .setEventTime(1_772_323_200_000L)
            .setZoneOffset("+08:00")
            .setBusinessStep("采收")
            .setDisposition("active")
            .build();
    Trade trade =
        Trade.newBuilder()
            .setReadPoint("笋园三号地块东侧采收点")
            .setBusinessLocation("https://id.gs1.org/414/9520000001018")
            .addBusinessTransactions(BusinessTransaction.newBuilder().setId("送货单 7"))
            .addSources(Party.newBuilder().setType("owning_party").setId("w-1"))
            .addSources(Party.newBuilder().setType("owning_party").setId("uscc:93000000MA00000669"))
            .build();
    EpcisEvent whole =
        EventRecords.event(
            event,
            List.of(Section.newBuilder().setTrade(trade).build()),
            List.of(new Goods(LineRole.LINE_ROLE_OBJECT, lot)));
    for (byte[] document :
        List.of(
            JsonDocumentWriter.write(List.of(whole), Instant.EPOCH.plusSeconds(1)),
            XmlDocumentWriter.write(List.of(whole), Instant.EPOCH.plusSeconds(1)))) {
      EpcisEvent read = Documents.only(document).event();
      assertEquals(trade.getBusinessLocation(), read.trade().getBusinessLocation());
      assertEquals(trade.getSourcesList().subList(1, 2), read.trade().getSourcesList());
      assertEquals("active", read.event().getDisposition());
      assertEquals("", read.trade().getReadPoint() + read.event().getBusinessStep());
      assertEquals(0, read.trade().getBusinessTransactionsCount());
    }
  }
}
