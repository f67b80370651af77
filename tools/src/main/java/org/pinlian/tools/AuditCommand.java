// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.pinlian.node.storage.Damage;
import org.pinlian.node.storage.DamageScan.TornTail;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pinlian audit}: whether a folder holds what it must. */
@Command(
    name = "audit",
    description = {
      "Read every file of a ledger's folder, and make again from its entries and records all that"
          + " is",
      "derived from them. Names what is damaged, by file and keys, and what differs, by column and"
          + " key.",
      "Writes nothing. No node may be running on the folder. Exit code 1 if anything was found.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian audit --data pinlian-data",
      "  pinlian audit --data pinlian-data --no-signatures --json",
    })
final class AuditCommand extends ToolCommand {
  private static final int LINES_MAX = 10;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ReachOptions.DEFAULT_DATA,
      description = "The ledger's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(ReachOptions.DEFAULT_DATA);

  @Option(names = "--no-signatures", description = "Do not verify signatures, which takes longest.")
  private boolean noSignatures;

  @Override
  Exit run(Console console) {
    if (!Files.isDirectory(data.resolve("truth"))) {
      throw CommandException.usage(
          data + " holds no ledger", "`pinlian demo` or `pinlian up` makes one.");
    }
    AuditReport report = Audit.run(data, console, !noSignatures);
    console.result(report.json());
    tell(console, report, noSignatures);
    return report.isClean() ? Exit.GOOD : Exit.CHECK_FAILED;
  }

  /** The report for people. */
  static void tell(Console console, AuditReport report, boolean noSignatures) {
    for (Damage damage : report.damages().stream().limit(LINES_MAX).toList()) {
      console.say(console.paint().bad("✗ 损坏 damaged: ") + Paint.clean(damage.toString()));
    }
    for (Difference difference : report.listed().stream().limit(LINES_MAX).toList()) {
      console.say(console.paint().bad("✗ 不一致 differs: ") + Paint.clean(difference.toString()));
    }
    report
        .differences()
        .forEach((column, count) -> console.say("  " + count + " in column " + column));
    if (!report.complete()) {
      console.say(console.paint().bad("✗ 未完成 not all of it could be read"));
    }
    for (TornTail tail : report.tornTails()) {
      console.say("  " + tail.file() + " ends in half a write at " + tail.offset() + ": a crash");
    }
    if (report.isClean()) {
      console.say(console.paint().good("✓ 审计 audit: ") + "all is as it must be");
    }
    console.say(
        String.format(
            Locale.ROOT,
            "  %,d entries, %,d records, %s, %,d chains with %,d links",
            report.size(),
            report.records(),
            noSignatures
                ? "signatures left out"
                : String.format(Locale.ROOT, "%,d signatures", report.signatures()),
            report.chains(),
            report.links()));
    console.say(
        String.format(
            Locale.ROOT,
            "  %,d files of %,d bytes; %.1f s, %,.0f records/s",
            report.files(),
            report.bytes(),
            report.seconds(),
            report.recordsPerSecond()));
    if (report.erased() > 0) {
      console.say("  " + report.erased() + " records with erased sections");
    }
    if (report.replayed() > 0) {
      console.say("  " + report.replayed() + " entries are derived from again at the next start");
    }
  }
}
