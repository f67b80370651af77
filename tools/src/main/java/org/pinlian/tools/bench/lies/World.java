// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LedgerHash;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * An honest ledger with some goods in it: each from a farm over a mill and a market, in units,
 * boxes and on a pallet that others use too, one of two lots ordered off sale. Never changed after
 * it was made; for many threads.
 */
final class World {
  /** One line of goods. */
  record Goods(
      Subject product,
      Subject raw,
      Subject lot,
      Subject unit,
      Subject box,
      Subject pallet,
      Subject certificate,
      RecordPlace farmed,
      RecordPlace milled,
      RecordPlace commissioned,
      RecordPlace palletized,
      RecordPlace order) {

    /** What may be asked for. */
    List<Subject> asked() {
      return List.of(unit, lot, raw, product, pallet, box, certificate);
    }
  }

  final HashAlgorithm hash;
  final CrookedLedger ledger;
  final List<CosignatureSigner> witnesses =
      List.of(
          new CosignatureSigner("witness.example/1", Person.key(41)),
          new CosignatureSigner("witness.example/2", Person.key(42)));
  final CosignatureSigner auditor = new CosignatureSigner("auditor.example", Person.key(43));
  final Person authority;
  final Person city;
  final Person farm;
  final Person mill;

  /** The mill with the key it has used since it was enrolled. */
  final Person millNow;

  final Person market;
  final Person hub;
  final Person small;
  final List<Goods> goods = new ArrayList<>();
  final TrustPolicy policy;

  /**
   * @param signing what its people sign by, in turns
   */
  World(long seed, HashAlgorithm hash, List<SignatureAlgorithm> signing) {
    SplitRandom random = new SplitRandom(seed);
    this.hash = hash;
    Keys keys = new Keys(signing);
    authority = Person.of("uscc:91000000MA00000157", "示例区市场监督管理局", keys.of(2));
    city = Person.of("uscc:91000000MA00000232", "示例市市场监督管理局", keys.of(3));
    farm = Person.of("uscc:91000000MA0000031W", "示例竹笋合作社", keys.of(11));
    mill = Person.of("gln:9520000000011", "示例加工厂", keys.of(12));
    market = Person.of("gln:9520000000028", "示例批发市场", keys.of(13));
    hub = Person.of("gln:9520000000035", "示例代签网关", keys.of(14));
    small = Person.of("farmer:small-1", "", keys.of(15));
    millNow = mill.with(keys.of(16));
    ledger = new CrookedLedger(hash, genesis(), random.of(0));
    policy = policy();
    ledger.know(authority, Role.ROLE_AUTHORITY);
    ledger.know(city, Role.ROLE_AUTHORITY);
    enrol(farm, Role.ROLE_PRODUCER);
    enrol(mill, Role.ROLE_PROCESSOR);
    enrol(market, Role.ROLE_MARKET);
    enrol(hub, Role.ROLE_GATEWAY);
    enrol(small, Role.ROLE_PRODUCER);
    var _ = ledger.submit(small, delegation(small, hub, Kind.KIND_TRACE_EVENT));
    var _ = ledger.submit(mill, rotation(mill, millNow.key()));
    for (int n = 0; n < 4; n++) {
      goods.add(make(n, random.of(n + 1)));
    }
    ledger.advance(Duration.ofMinutes(1));
  }

  /** A key for each number, and so for each that signs. */
  private record Keys(List<SignatureAlgorithm> signing) {
    SigningKey of(int number) {
      return Person.key(signing.get(number % signing.size()), number);
    }
  }

  private Genesis genesis() {
    return Genesis.newBuilder()
        .setFormat(1)
        .setOrigin(CrookedLedger.ORIGIN)
        .setHash(
            switch (hash) {
              case SHA_256 -> LedgerHash.LEDGER_HASH_SHA_256;
              case SM3 -> LedgerHash.LEDGER_HASH_SM3;
            })
        .addAuthorities(genesis(authority, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT))
        .addAuthorities(genesis(city, AuthorityLevel.AUTHORITY_LEVEL_CITY))
        .build();
  }

  /** A ledger of the same name and key that began with an authority of the operator's own. */
  CrookedLedger elsewhere(RandomGenerator random) {
    Person forged = authority.with(authority.another(60 + random.nextInt(9)));
    Genesis genesis =
        genesis().toBuilder()
            .setAuthorities(0, genesis(forged, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT))
            .build();
    CrookedLedger elsewhere = new CrookedLedger(hash, genesis, random);
    elsewhere.advance(Duration.ofMillis(ledger.nowMillis() - elsewhere.nowMillis()));
    var _ = elsewhere.submit(forged, enrolment(farm, Role.ROLE_PRODUCER));
    elsewhere.know(forged, Role.ROLE_AUTHORITY);
    elsewhere.know(farm, Role.ROLE_PRODUCER);
    return elsewhere;
  }

  private static GenesisAuthority genesis(Person of, AuthorityLevel level) {
    return GenesisAuthority.newBuilder()
        .setParticipant(of.id().toString())
        .setName(of.name())
        .setRegion("000000")
        .setLevel(level)
        .addKeys(of.enrolled())
        .build();
  }

  private TrustPolicy policy() {
    StringBuilder text = new StringBuilder("#pinlian genesis ").append(ledger.leaf(0).hex());
    text.append("\n#pinlian hash ").append(hash.label());
    text.append("\nlog ").append(CrookedLedger.vkey());
    for (int n = 0; n < witnesses.size(); n++) {
      text.append("\nwitness w").append(n + 1).append(' ');
      text.append(witnesses.get(n).verifier().vkey());
    }
    text.append("\nwitness a1 ").append(auditor.verifier().vkey());
    text.append("\ngroup witnesses all w1 w2\ngroup auditors all a1\nquorum witnesses\n");
    try {
      return TrustPolicy.parse(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalStateException(e);
    }
  }

  private void enrol(Person who, Role role) {
    var _ = ledger.submit(authority, enrolment(who, role));
    ledger.know(who, role);
  }

  private Goods make(int n, RandomGenerator random) {
    String batch = n + "-" + Long.toString(random.nextLong() >>> 40, 36);
    Subject product = subject("https://id.gs1.org/01/" + GTINS.get(n));
    Subject raw = subject("https://id.gs1.org/01/" + GTINS.get(4) + "/10/R" + batch);
    Subject other = subject("https://id.gs1.org/01/" + GTINS.get(4) + "/10/S" + batch);
    Subject lot = subject(product.uri() + "/10/L" + batch);
    Subject unit = subject(product.uri() + "/21/U" + batch);
    Subject second = subject(product.uri() + "/21/V" + batch);
    Subject box = subject("https://id.gs1.org/8003/" + GRAI + "B" + batch);
    Subject pallet = subject("https://id.gs1.org/8003/" + GRAI + "P" + batch);
    Subject guest = subject("https://id.gs1.org/8003/" + GRAI + "G" + batch);
    Subject certificate = certificate(farm, batch);

    var _ = ledger.submit(farm, product(product));
    long farmed =
        ledger.submit(
            farm,
            certificate(batch, raw, certificate),
            event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD)
                .line(LineRole.LINE_ROLE_OBJECT, raw));
    // Not everybody brings it along.
    if (random.nextBoolean()) {
      var _ =
          ledger.take(
              ledger.attest(
                  hub,
                  small,
                  event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD)
                      .line(LineRole.LINE_ROLE_OBJECT, other)));
    }
    long milled =
        ledger.submit(
            millNow,
            event(EventType.EVENT_TYPE_TRANSFORMATION, EventAction.EVENT_ACTION_UNSPECIFIED)
                .line(LineRole.LINE_ROLE_INPUT, raw)
                .line(LineRole.LINE_ROLE_INPUT, other)
                .line(LineRole.LINE_ROLE_OUTPUT, lot));
    long commissioned =
        ledger.submit(
            millNow,
            event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD)
                .line(LineRole.LINE_ROLE_OBJECT, unit)
                .line(LineRole.LINE_ROLE_OBJECT, second)
                .line(LineRole.LINE_ROLE_LOT, lot));
    // The pallet is used by others before.
    var _ = ledger.submit(market, packing(EventAction.EVENT_ACTION_ADD, pallet, guest));
    var _ = ledger.submit(market, packing(EventAction.EVENT_ACTION_DELETE, pallet, guest));
    var _ =
        ledger.submit(
            millNow,
            packing(EventAction.EVENT_ACTION_ADD, box, unit)
                .line(LineRole.LINE_ROLE_CHILD, second));
    long palletized = ledger.submit(millNow, packing(EventAction.EVENT_ACTION_ADD, pallet, box));
    long offer =
        ledger.submit(
            millNow,
            Draft.of(
                    PublicPart.newBuilder()
                        .setCustodyOffer(
                            CustodyOffer.newBuilder().setOfferedAt(ledger.nowMillis())))
                .line(LineRole.LINE_ROLE_OBJECT, pallet)
                .trade(Trade.newBuilder().setReceiver(market.id().toString()).build()));
    var _ =
        ledger.submit(
            market,
            answer(ledger.record(new RecordPlace(offer, 0)).digest(), ledger.nowMillis())
                .line(LineRole.LINE_ROLE_OBJECT, pallet)
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(offer, 0)));
    var _ = ledger.submit(market, packing(EventAction.EVENT_ACTION_DELETE, pallet, box));
    // And after.
    var _ = ledger.submit(market, packing(EventAction.EVENT_ACTION_ADD, pallet, guest));
    long order = ledger.submit(authority, order(lot, product));
    var _ =
        ledger.submit(
            city,
            approval(ledger.record(new RecordPlace(order, 0)).digest())
                .line(LineRole.LINE_ROLE_OBJECT, lot)
                .line(LineRole.LINE_ROLE_OBJECT, product)
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(order, 0)));
    return new Goods(
        product,
        raw,
        lot,
        unit,
        box,
        pallet,
        certificate,
        new RecordPlace(farmed, 0),
        new RecordPlace(milled, 0),
        new RecordPlace(commissioned, 0),
        new RecordPlace(palletized, 0),
        new RecordPlace(order, 0));
  }

  // Drafts ----------------------------------------------------------------------------------------

  private static final List<String> GTINS =
      List.of(
          "09520000000011", "09520000000028", "09520000000035", "09520000000042", "09520000000059");

  /** A returnable asset's type, before its serial. */
  private static final String GRAI = "09520000000011";

  static Subject subject(String uri) {
    try {
      return Subject.parse(uri);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(uri, e);
    }
  }

  static Subject certificate(Person of, String number) {
    try {
      return Subject.certificate(of.id(), number);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(number, e);
    }
  }

  static Draft enrolment(Person who, Role... roles) {
    return Draft.of(
            PublicPart.newBuilder()
                .setEnrolment(
                    Enrolment.newBuilder()
                        .setParticipant(who.id().toString())
                        .setName(who.name())
                        .addAllRoles(List.of(roles))
                        .setRegion("000000")
                        .addKeys(who.enrolled())))
        .line(LineRole.LINE_ROLE_KEYS, who.keys());
  }

  Draft delegation(Person principal, Person gateway, Kind... kinds) {
    return Draft.of(
            PublicPart.newBuilder()
                .setDelegation(
                    Delegation.newBuilder()
                        .setParticipant(principal.id().toString())
                        .setGateway(gateway.id().toString())
                        .setKeyId(gateway.keyId())
                        .addAllKinds(List.of(kinds))
                        .setValidUntil(ledger.nowMillis() + Duration.ofDays(30).toMillis())))
        .line(LineRole.LINE_ROLE_KEYS, principal.keys());
  }

  static Draft rotation(Person of, SigningKey to) {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRotation(
                    KeyRotation.newBuilder()
                        .setParticipant(of.id().toString())
                        .setKey(of.with(to).enrolled())
                        .setReplaces(of.keyId())))
        .line(LineRole.LINE_ROLE_KEYS, of.keys());
  }

  static Draft revocation(Person of) {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRevocation(
                    KeyRevocation.newBuilder()
                        .setParticipant(of.id().toString())
                        .setKeyId(of.keyId())
                        .setReason("遗失")))
        .line(LineRole.LINE_ROLE_KEYS, of.keys());
  }

  static Draft product(Subject product) {
    return Draft.of(
            PublicPart.newBuilder()
                .setProduct(
                    Product.newBuilder()
                        .setName("埔田竹笋")
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_COOL)))
        .line(LineRole.LINE_ROLE_OBJECT, product);
  }

  Draft certificate(String number, Subject of, Subject certificate) {
    return Draft.of(
            PublicPart.newBuilder()
                .setCommitmentCertificate(
                    CommitmentCertificate.newBuilder()
                        .setForm(CertificateForm.CERTIFICATE_FORM_2021)
                        .setNumber(number)
                        .setProductName("埔田竹笋")
                        .setQuantity(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"))
                        .setOrigin("揭阳")
                        .setIssuedOn("2026-01-14")
                        .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)
                        .setIssuer(farm.name())))
        .line(LineRole.LINE_ROLE_OBJECT, of)
        .line(LineRole.LINE_ROLE_CERTIFICATE, certificate)
        .trade(Trade.newBuilder().setNote("trade-secret-" + number).build());
  }

  Draft seen(Subject object) {
    return event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE)
        .line(LineRole.LINE_ROLE_OBJECT, object);
  }

  Draft packing(EventAction action, Subject parent, Subject child) {
    return event(EventType.EVENT_TYPE_AGGREGATION, action)
        .line(LineRole.LINE_ROLE_PARENT, parent)
        .line(LineRole.LINE_ROLE_CHILD, child);
  }

  Draft order(Subject... of) {
    Draft order =
        Draft.of(
            PublicPart.newBuilder()
                .setOrder(
                    Order.newBuilder()
                        .setType(OrderType.ORDER_TYPE_STOP_SALE)
                        .setGoods(org.pinlian.v1.Goods.GOODS_FOOD)
                        .setLegalBasis("食品安全法 63")
                        .setReason("农药残留超标")
                        .setOrderedAt(ledger.nowMillis())));
    for (Subject subject : of) {
      order.line(LineRole.LINE_ROLE_OBJECT, subject);
    }
    return order;
  }

  /** A yes to one thing that was offered. */
  static Draft answer(Hash offer, long answeredAt) {
    return Draft.of(
        PublicPart.newBuilder()
            .setCustodyAnswer(
                CustodyAnswer.newBuilder()
                    .setOffer(CrookedLedger.bytes(offer))
                    .setAnsweredAt(answeredAt)
                    .addAnswers(
                        LineAnswer.newBuilder()
                            .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED))));
  }

  static Draft approval(Hash of) {
    return Draft.of(
        PublicPart.newBuilder()
            .setApproval(Approval.newBuilder().setRecord(CrookedLedger.bytes(of))));
  }

  static Draft erasure(Hash of, Subject record, SectionClass erased) {
    return Draft.of(
            PublicPart.newBuilder()
                .setErasure(
                    Erasure.newBuilder()
                        .setRecord(CrookedLedger.bytes(of))
                        .addClasses(erased)
                        .setLaw("个人信息保护法")
                        .setArticle("47")
                        .setReason("本人撤回同意")))
        .line(LineRole.LINE_ROLE_RECORD, record);
  }

  Draft event(EventType type, EventAction action) {
    return Draft.of(
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(type)
                    .setAction(action)
                    .setEventTime(ledger.nowMillis())
                    .setZoneOffset("+08:00")));
  }
}
