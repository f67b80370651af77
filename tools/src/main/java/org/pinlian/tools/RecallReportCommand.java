// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.OrderStep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian recall report}: what a holder, or an authority, did under an order. */
@Command(
    name = "report",
    description = {
      "Report under an order: that it is known, what became of the goods, how effective it was, or",
      "that it is closed (by whoever gave it, or an authority). Quantities are totals to date, of",
      "one lot in one unit of measure; the four are kept apart, so nothing is counted twice. They",
      "are restricted: whoever scans the goods sees the step and the text, not how much.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian recall report ORDER --step acknowledged --key shop.pem",
      "  pinlian recall report ORDER --step progress --lot beef-balls --recovered 365.5 \\",
      "      --destroyed 0 --sold 30 --missing 4.5 --unit KGM --key shop.pem",
      "  pinlian recall report ORDER --step closed --text 核查处置完毕 --key district.pem",
    })
final class RecallReportCommand extends ToolCommand {
  private static final int DECIMALS_MAX = 9;

  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "ORDER", description = "Its name, as `recall` said it.")
  private String order;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--step",
      paramLabel = "STEP",
      required = true,
      description = "acknowledged, progress, effectiveness or closed.")
  private String step;

  @Option(
      names = "--lot",
      paramLabel = "LOT",
      description =
          "Of which goods: one that the order names, or a lot of your own that came of it.")
  private @Nullable String lot;

  @Option(names = "--recovered", paramLabel = "QTY", description = "已召回 or 已下架, and kept apart.")
  private @Nullable BigDecimal recovered;

  @Option(names = "--destroyed", paramLabel = "QTY", description = "无害化处理 or 销毁.")
  private @Nullable BigDecimal destroyed;

  @Option(names = "--sold", paramLabel = "QTY", description = "已售出, beyond recovery.")
  private @Nullable BigDecimal sold;

  @Option(names = "--missing", paramLabel = "QTY", description = "去向不明.")
  private @Nullable BigDecimal missing;

  @Option(
      names = "--unit",
      paramLabel = "UNIT",
      description = "Of measure, as the lot is counted in: a UN/ECE code such as KGM or EA.")
  private @Nullable String unit;

  @Option(names = "--text", paramLabel = "TEXT", description = "In words. Everybody may read it.")
  private @Nullable String text;

  @Mixin private final RecallOptions options = new RecallOptions();

  @Override
  Exit run(Console console) throws Exception {
    OrderStep reported = Words.choice(OrderStep.class, "--step", step);
    boolean amounts = Stream.of(recovered, destroyed, sold, missing).anyMatch(one -> one != null);
    if (amounts && (lot == null || unit == null)) {
      throw CommandException.usage(
          "quantities of what, in which unit?", "Give --lot and --unit, as --unit KGM.");
    }
    Subject name = GivenOrder.name(order);
    Subject of = lot == null ? null : DemoFolder.subject(options.folder(), lot);
    try (GatewaySession session = options.open(console)) {
      GivenOrder given = read(session, name, reported);
      OrderProgress.Builder progress =
          OrderProgress.newBuilder().setStep(reported).setReportedAt(Instant.now().toEpochMilli());
      if (text != null) {
        progress.setText(text);
      }
      List<Subject> touched = new ArrayList<>();
      if (of != null) {
        touched.add(of);
      } else if (reported == OrderStep.ORDER_STEP_CLOSED) {
        // The story of all these goods must say that it is over.
        given.requireWhole("close");
        touched.addAll(given.goods());
      }
      GatewaySession.Submitted submitted =
          session.submit(
              List.of(
                  given
                      .drafts()
                      .progress(
                          given.at(),
                          progress,
                          given.standing().digest(),
                          touched,
                          amounts ? quantities() : null)));
      RecordPlace place = new RecordPlace(submitted.receipt().index(), 0);
      ObjectNode json = Console.JSON.createObjectNode();
      json.put("order", given.name().uri());
      json.put("record", place.toString());
      json.put("step", Words.plain(reported));
      json.put("participant", session.participant().toString());
      console.result(json);
      console.say(console.paint().good("✓ ") + TradeWords.step(reported) + ": record " + place);
      return Exit.GOOD;
    }
  }

  /** Only whoever closes needs to see which goods an order names. */
  private GivenOrder read(GatewaySession session, Subject name, OrderStep reported)
      throws Exception {
    GivenOrder given = GivenOrder.read(session, name, null);
    if (reported != OrderStep.ORDER_STEP_CLOSED || lot != null || given.whole()) {
      return given;
    }
    RecordPlace lookUp = session.lookUp(given.name(), options.purpose()).orElse(null);
    return lookUp == null ? given : GivenOrder.read(session, name, lookUp);
  }

  private OrderQuantities.Builder quantities() {
    int decimals = 0;
    for (@Nullable BigDecimal amount :
        new @Nullable BigDecimal[] {recovered, destroyed, sold, missing}) {
      if (amount != null) {
        decimals = Math.max(decimals, amount.stripTrailingZeros().scale());
      }
    }
    if (decimals > DECIMALS_MAX) {
      throw CommandException.usage("no more than " + DECIMALS_MAX + " decimals", "");
    }
    return OrderQuantities.newBuilder()
        .setUnit(unit == null ? "" : unit)
        .setDecimals(decimals)
        .setRecovered(unscaled("--recovered", recovered, decimals))
        .setDestroyed(unscaled("--destroyed", destroyed, decimals))
        .setSold(unscaled("--sold", sold, decimals))
        .setMissing(unscaled("--missing", missing, decimals));
  }

  private static long unscaled(String option, @Nullable BigDecimal amount, int decimals) {
    if (amount == null) {
      return 0;
    }
    try {
      if (amount.signum() < 0 || amount.precision() > 40 || Math.abs(amount.scale()) > 40) {
        throw new ArithmeticException();
      }
      return amount.setScale(decimals).unscaledValue().longValueExact();
    } catch (ArithmeticException e) {
      throw CommandException.usage(
          option + ": cannot be counted: " + Paint.clean(amount.toString()), "As 365.5.");
    }
  }
}
