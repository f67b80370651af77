// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.recall.Holding;
import org.pinlian.tools.recall.Holdings;
import org.pinlian.tools.recall.OrderDrafts;
import org.pinlian.tools.recall.RecallClocks;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian recall}: finds who has goods, and orders them back. */
@Command(
    name = "recall",
    description = {
      "Find everybody who has what came of a lot, and order it stopped, taken off sale or recalled.",
      "An authority's order takes effect with the approval of a second participant (法制审核), whose",
      "key is --reviewer; without it the order is recorded and waits. Whoever made the goods, or",
      "holds the licence of a drug, recalls its own with its own key and no reviewer.",
      "The order names the lot, every lot and every code that came of it (10,000 at most), and its own",
      "name, under which holders report. A power that is missing is named, and nothing is ordered",
      "(exit code 3).",
      "docs/recall.md tells who may order what, and which clocks run.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian recall bamboo-farm --grade 1 --basis 食品安全法63 --key district.pem \\",
      "      --reviewer legal.pem --json",
      "  pinlian recall beef-balls --type stop-sale --basis 食品安全法63 --key district.pem --dry-run",
      "  pinlian recall status ORDER --key district.pem",
      "  pinlian recall report ORDER --step progress --lot beef-balls --recovered 370 --unit KGM \\",
      "      --key shop.pem",
    },
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      RecallApproveCommand.class,
      RecallReportCommand.class,
      RecallStatusCommand.class,
    })
final class RecallCommand extends ToolCommand {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final int NUMBER_BYTES = 4;
  private static final int NAMED_TOLD = 20;

  /** One line is left for the order's own name. */
  private static final int NAMED_MAX = Limits.LINES_MAX - 1;

  private static final String DIGEST = "[0-9a-f]{64}";

  /** Words of a basis that say whose law it is. */
  private static final List<Law> LAWS =
      List.of(
          new Law("药品", Goods.GOODS_DRUG),
          new Law("疫苗", Goods.GOODS_DRUG),
          new Law("医疗器械", Goods.GOODS_DEVICE),
          new Law("化妆品", Goods.GOODS_COSMETIC),
          new Law("农产品", Goods.GOODS_FARM_PRODUCT),
          new Law("食品", Goods.GOODS_FOOD));

  private record Law(String word, Goods goods) {}

  @Parameters(
      arity = "0..1",
      paramLabel = "LOT",
      description = "A subject in any spelling, or a short code of the demo.")
  private @Nullable String code;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "recall",
      description = "recall, stop-sale, withdrawal or suspension (default: ${DEFAULT-VALUE}).")
  private String type = "recall";

  @Option(
      names = "--grade",
      paramLabel = "N",
      description = "Of a recall: 1, 2 or 3, the gravest first.")
  private int grade;

  @Option(
      names = "--basis",
      paramLabel = "LAW+ARTICLE",
      description = "The law and its article, as 食品安全法63.")
  private @Nullable String basis;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why. Everybody may read it (default: that the basis asks for it).")
  private @Nullable String reason;

  @Option(
      names = "--goods",
      paramLabel = "GOODS",
      description = {
        "food, drug, farm-product, device or cosmetic (default: what the product's record says, what",
        "codes of drugs say, else what the basis is about)."
      })
  private @Nullable String goods;

  @Option(
      names = "--announced",
      paramLabel = "DATE",
      description = "公告之日, from which the time to the end of a recall runs (default: today).")
  private @Nullable String announced;

  @Option(
      names = "--ground",
      paramLabel = "INSPECTION",
      description =
          "The inspection it rests on: its place, as 412.3, on the lot's chain; or digest.")
  private @Nullable String ground;

  @Option(
      names = "--number",
      paramLabel = "NUMBER",
      description = "文号, in your own numbering (default: the date and random digits).")
  private @Nullable String number;

  @Option(names = "--only", description = "Name the lot alone, not what came of it.")
  private boolean only;

  @Option(
      names = "--reviewer",
      paramLabel = "FILE",
      description = "The secret key (PEM) of whoever approves an authority's order (法制审核).")
  private @Nullable Path reviewer;

  @Option(
      names = "--reviewer-as",
      paramLabel = "PARTICIPANT",
      description = "Whose key --reviewer is (default: whose the gateway says).")
  private @Nullable String reviewing;

  @Option(names = "--dry-run", description = "Show what it would do. Nothing is ordered.")
  private boolean dryRun;

  @Mixin private final RecallOptions options = new RecallOptions();

  @Override
  Exit run(Console console) throws Exception {
    if (code == null || basis == null) {
      throw CommandException.usage(
          code == null ? "recall what?" : "no --basis given",
          "As: pinlian recall LOT --grade 1 --basis 食品安全法63 --key FILE --reviewer FILE");
    }
    OrderType ordered = Words.choice(OrderType.class, "--type", type);
    requireGrade(ordered);
    Subject subject = DemoFolder.subject(options.folder(), code);
    try (GatewaySession session = options.open(console);
        @Nullable GatewaySession second = openReviewer(session, console)) {
      // Only authorities look up; whoever else asks for its own goods sees what is its own.
      Optional<RecordPlace> lookUp = session.lookUp(subject, options.purpose());
      boolean authority = lookUp.isPresent();
      if (!authority && second != null) {
        throw CommandException.usage(
            session.participant() + " is no authority: its own recall has no reviewer",
            "Leave --reviewer out.");
      }
      Holdings found = session.findHolders(subject, lookUp.orElse(null), null);
      Plan plan = plan(session, subject, ordered, authority, lookUp.orElse(null), found, basis);
      if (dryRun) {
        // What stands against it is told as it would be.
        var _ =
            session.validate(null, List.of(plan.drafts().order(plan.order())), ByteString.EMPTY);
        return tell(console, plan, null, null);
      }
      tellPlan(console, plan);
      GatewaySession.Submitted order = session.submit(List.of(plan.drafts().order(plan.order())));
      RecordPlace place = new RecordPlace(order.receipt().index(), 0);
      console.note("指令 order: record " + place + " of " + session.participant());
      if (second == null) {
        return tell(console, plan, new Given(place, order), null);
      }
      GatewaySession.Submitted approval =
          second.submit(
              List.of(
                  plan.drafts()
                      .approval(
                          Subject.record(place.index(), place.position()),
                          order.digests().get(0),
                          "")));
      console.note(
          "法制审核 approval: record "
              + new RecordPlace(approval.receipt().index(), 0)
              + " of "
              + second.participant());
      return tell(
          console,
          plan,
          new Given(place, order),
          new Given(new RecordPlace(approval.receipt().index(), 0), approval));
    }
  }

  /** A record that is in the ledger. */
  private record Given(RecordPlace place, GatewaySession.Submitted submitted) {
    Instant at() {
      return submitted.receipt().sequencedAt();
    }
  }

  /**
   * What is going to be ordered.
   *
   * @param name of the order
   * @param named the lot first, then what came of it
   */
  private record Plan(
      Subject subject, Subject name, List<Subject> named, Order order, Holdings found) {

    OrderDrafts drafts() {
      return new OrderDrafts(name, named);
    }
  }

  private void requireGrade(OrderType ordered) {
    boolean recall = ordered == OrderType.ORDER_TYPE_RECALL;
    if (recall ? grade < 1 || grade > 3 : grade != 0) {
      throw CommandException.usage(
          recall ? "--grade: a recall has grade 1, 2 or 3" : "--grade: only a recall has one", "");
    }
  }

  private @Nullable GatewaySession openReviewer(GatewaySession session, Console console)
      throws Exception {
    if (reviewer == null || dryRun) {
      return null;
    }
    GatewaySession second = options.open(reviewer, reviewing, console);
    if (second.participant().equals(session.participant())) {
      second.close();
      throw CommandException.usage(
          "--key and --reviewer are of one participant, " + session.participant(),
          "Nobody approves an own order.");
    }
    return second;
  }

  private Plan plan(
      GatewaySession session,
      Subject subject,
      OrderType ordered,
      boolean authority,
      @Nullable RecordPlace lookUp,
      Holdings found,
      String law)
      throws Exception {
    Instant now = Instant.now();
    Order.Builder order =
        Order.newBuilder()
            .setType(ordered)
            .setGrade(grade)
            .setLegalBasis(law)
            .setReason(reason == null ? "依据" + law : reason)
            .setOrderedAt(now.toEpochMilli())
            .setNeedsApproval(authority)
            .setGoods(goods(session, subject, found, law))
            .setAnnouncedOn(announcedOn(now));
    if (ground != null) {
      order.setGround(groundOf(session, subject, lookUp, ground));
    }
    return new Plan(
        subject,
        Subject.order(session.participant(), number == null ? newNumber(now) : number),
        named(subject, found, authority ? null : session.participant()),
        order.build(),
        found);
  }

  private String announcedOn(Instant now) {
    if (announced == null) {
      return LocalDate.ofInstant(now, CHINA).toString();
    }
    try {
      return LocalDate.parse(announced).toString();
    } catch (DateTimeException e) {
      throw CommandException.usage("--announced: no date: \"" + announced + "\"", "As 2026-03-02.");
    }
  }

  private static String newNumber(Instant now) {
    byte[] random = new byte[NUMBER_BYTES];
    new SecureRandom().nextBytes(random);
    return LocalDate.ofInstant(now, CHINA).format(DateTimeFormatter.BASIC_ISO_DATE)
        + "-"
        + HexFormat.of().formatHex(random);
  }

  /**
   * The lot, then the lots that came of it, then things with codes of their own, as many as one
   * record may name: a participant who asks for a unit is not always shown which lot it is of.
   *
   * @param own whose lots alone may be named; null for an authority, which may name any
   */
  private List<Subject> named(Subject subject, Holdings found, @Nullable ParticipantId own)
      throws IdentifierException {
    Set<Subject> named = new LinkedHashSet<>();
    named.add(subject);
    if (only) {
      return List.copyOf(named);
    }
    List<Subject> coded = new ArrayList<>();
    for (Holding holding : found.all()) {
      Subject one = Subject.parse(holding.subject());
      boolean others =
          own != null
              && holding.subject().startsWith("urn:pinlian:lot:")
              && !holding.subject().startsWith("urn:pinlian:lot:" + own + ":");
      switch (one.kind()) {
        case LOT -> {
          if (!others && named.size() < NAMED_MAX) {
            named.add(one);
          }
        }
        case UNIT, DRUG_CODE, LOGISTIC_UNIT -> coded.add(one);
        default -> {}
      }
    }
    for (Subject one : coded) {
      if (named.size() < NAMED_MAX) {
        named.add(one);
      }
    }
    return List.copyOf(named);
  }

  private Goods goods(GatewaySession session, Subject subject, Holdings found, String law)
      throws RefusedException, UnreachableException, VerificationException, IdentifierException {
    Goods known = knownGoods(session, subject, found);
    if (goods != null) {
      Goods stated = Words.choice(Goods.class, "--goods", goods);
      if (known != Goods.GOODS_UNSPECIFIED && known != stated) {
        throw CommandException.usage(
            "--goods: the ledger says that these are " + Words.plain(known),
            "Powers and clocks go by what the goods are.");
      }
      return stated;
    }
    if (known != Goods.GOODS_UNSPECIFIED) {
      return known;
    }
    for (Law one : LAWS) {
      if (law.contains(one.word())) {
        return one.goods();
      }
    }
    throw CommandException.usage(
        "which goods are these? Nothing in the ledger says", "Give --goods.");
  }

  /** What codes and the product's record say; unspecified where they say nothing. */
  private static Goods knownGoods(GatewaySession session, Subject subject, Holdings found)
      throws RefusedException, UnreachableException, VerificationException, IdentifierException {
    if (subject.kind() == Subject.Kind.DRUG_CODE
        || found.all().stream().anyMatch(one -> one.subject().startsWith("urn:pinlian:cn-drug:"))) {
      return Goods.GOODS_DRUG;
    }
    Optional<Subject> product = subject.gtin().map(Subject::ofClass);
    if (product.isEmpty()) {
      return Goods.GOODS_UNSPECIFIED;
    }
    try {
      Goods stated = Goods.GOODS_UNSPECIFIED;
      for (StoryRecord record :
          session
              .trace(product.get(), Direction.DIRECTION_STORY, TraceLimits.defaults())
              .records()) {
        PublicPart part = record.publicPart();
        if (part != null && part.hasProduct() && part.getProduct().getGoods().getNumber() > 0) {
          stated = part.getProduct().getGoods();
        }
      }
      return stated;
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.NOT_FOUND) {
        return Goods.GOODS_UNSPECIFIED; // Nobody registered the product.
      }
      throw e;
    }
  }

  private static ByteString groundOf(
      GatewaySession session, Subject subject, @Nullable RecordPlace lookUp, String inspection)
      throws RefusedException, UnreachableException, VerificationException {
    if (inspection.matches(DIGEST)) {
      return ByteString.copyFrom(HexFormat.of().parseHex(inspection));
    }
    Story story =
        lookUp == null
            ? session.trace(subject, Direction.DIRECTION_STORY, TraceLimits.defaults())
            : session.trace(subject, Direction.DIRECTION_STORY, TraceLimits.defaults(), lookUp);
    return story.records().stream()
        .filter(record ->
            record.kind() == Kind.KIND_INSPECTION && record.place().toString().equals(inspection))
        .findFirst()
        .map(record -> ByteString.copyFrom(record.digest().bytes()))
        .orElseThrow(() ->
            CommandException.usage(
                "--ground: no inspection " + inspection + " on " + subject.uri(),
                "`trace` shows the places of its records."));
  }

  // What is told --------------------------------------------------------------------------------

  private static void tellPlan(Console console, Plan plan) {
    console.say(
        console.paint().strong(OrderWords.type(plan.order()))
            + ", "
            + OrderWords.goods(plan.order().getGoods())
            + ": "
            + plan.subject().uri());
    console.say("  依据 basis: " + Paint.clean(plan.order().getLegalBasis()));
    console.say("  指令 order: " + plan.name().uri());
    plan.named().stream()
        .limit(NAMED_TOLD)
        .forEach(named -> console.say("  对象 names: " + named.uri()));
    if (plan.named().size() > NAMED_TOLD) {
      console.say("  对象 names: … 另有 " + (plan.named().size() - NAMED_TOLD) + " more");
    }
    HolderWords.lines(plan.found(), console.paint()).forEach(console::say);
  }

  private Exit tell(Console console, Plan plan, @Nullable Given order, @Nullable Given approval) {
    boolean inEffect = order != null && (!plan.order().getNeedsApproval() || approval != null);
    Optional<Instant> since =
        !inEffect
            ? Optional.empty()
            : Optional.of(
                approval == null
                    ? Instant.ofEpochMilli(plan.order().getOrderedAt())
                    : approval.at());
    List<RecallClocks.Running> clocks =
        RecallClocks.of(plan.order(), since, List.of(), Instant.now());
    console.result(json(plan, order, approval, inEffect, clocks));
    if (order == null) {
      tellPlan(console, plan);
    }
    HolderWords.clocks(clocks).forEach(console::say);
    if (order == null) {
      console.say("  试运行 dry run: nothing was ordered");
    } else if (inEffect) {
      console.say(
          console.paint().good("✓ 已生效 in effect")
              + ": record "
              + order.place()
              + (approval == null ? "" : ", 核准 approved " + approval.place()));
    } else {
      console.say(
          console.paint().careful("! 未生效,待法制审核 NOT IN EFFECT: it waits for its approval")
              + ": record "
              + order.place());
      console.say("  pinlian recall approve " + plan.name().uri() + " --key REVIEWER");
    }
    return Exit.GOOD;
  }

  private ObjectNode json(
      Plan plan,
      @Nullable Given order,
      @Nullable Given approval,
      boolean inEffect,
      List<RecallClocks.Running> clocks) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("order", plan.name().uri());
    json.put("subject", plan.subject().uri());
    json.put("type", Words.plain(plan.order().getType()));
    json.put("grade", plan.order().getGrade());
    json.put("goods", Words.plain(plan.order().getGoods()));
    json.put("basis", plan.order().getLegalBasis());
    json.put("reason", plan.order().getReason());
    json.put("announcedOn", plan.order().getAnnouncedOn());
    ArrayNode named = json.putArray("names");
    plan.named().forEach(one -> named.add(one.uri()));
    json.put("dryRun", dryRun);
    json.put("record", order == null ? null : order.place().toString());
    json.put("digest", order == null ? null : order.submitted().digests().get(0).hex());
    json.put("approval", approval == null ? null : approval.place().toString());
    json.put("needsApproval", plan.order().getNeedsApproval());
    json.put("inEffect", inEffect);
    HolderWords.addTo(json, plan.found());
    json.set("clocks", HolderWords.json(clocks));
    return json;
  }
}
