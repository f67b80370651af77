// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Verdict;
import org.pinlian.tools.DossierOptions.Fetched;
import org.pinlian.tools.TimeStampOptions.Stamped;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.EvidencePackage.Part;
import org.pinlian.tools.evidence.Manifest;
import org.pinlian.tools.evidence.TimeStamp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian evidence}: a product's dossier as of a stated time, packed for a third party. */
@Command(
    name = "evidence",
    description = {
      "Pack the dossier of goods as evidence, in one archive: the dossier, the policy it was checked by,",
      "a report for people in Chinese and English (PDF), and how to check it all with and without",
      "Pinlian. Packed only if every rule holds as of the stated time. Asked again with the same",
      "dossier and stated time it is the same archive, byte for byte, but for a time stamp.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian evidence bamboo-canteen -o bamboo.zip",
      "  pinlian evidence bamboo-farm --view regulator --data pinlian-data -o farm.zip",
      "  pinlian evidence CODE --view regulator --key authority.pem --gateway 127.0.0.1:8080 \\",
      "    --purpose 日常检查 --policy policy.txt -o checked.zip",
      "  pinlian evidence bamboo-canteen --gateway 127.0.0.1:8080 --policy policy.txt \\",
      "    --time-stamp http://tsa.example/tsr --time-stamp-trust tsa-root.pem -o bamboo.zip",
      "  pinlian evidence bamboo-canteen --dossier kept.dossier --policy policy.txt \\",
      "    --as-of 2026-07-01T08:00:00Z -o july.zip",
      "  pinlian verify bamboo.zip --policy policy.txt",
    })
final class EvidenceCommand extends ToolCommand {
  private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(5);
  private static final int FONT_BYTES_MAX = 64 << 20;
  private static final String SCRIPT = "evidence/" + Part.SCRIPT.fileName();

  @Mixin private final DossierOptions asked = new DossierOptions();

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The archive to write (zip).")
  private Path output;

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      description =
          "The stated time, as in 2026-07-01T08:00:00Z (default: now). The ledger serves what it"
              + " published last, which must not be of later.")
  private @Nullable Instant asOf;

  @Option(
      names = "--dossier",
      paramLabel = "FILE",
      description =
          "Pack this dossier, kept from `pinlian dossier -o`, and ask no ledger. By --policy, or the"
              + " demo's.")
  private @Nullable Path kept;

  @Option(
      names = "--time-stamp",
      paramLabel = "URL",
      description =
          "An RFC 3161 time-stamping service, to be asked for a stamp over the dossier. It learns a"
              + " hash.")
  private @Nullable String service;

  @Option(
      names = "--font",
      paramLabel = "FILE",
      description =
          "A TrueType font for characters that the report's own lack, which have those of GB/T 2312.")
  private @Nullable Path font;

  @Mixin private final TimeStampOptions stamps = new TimeStampOptions();

  @Override
  Exit run(Console console) throws Exception {
    byte[] letters = font == null ? null : OutsideFile.bytes(font, FONT_BYTES_MAX);
    Instant from = asOf == null ? Instant.now() : requireNotAhead(asOf);
    Shown shown = kept == null ? served(from, console) : kept(kept);
    ByteString dossier = shown.dossier();
    Instant stated = asOf == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : asOf;
    Verdict verdict =
        new DossierVerifier(shown.policy())
            .verify(dossier.toByteArray(), asked.subject(), stated, asked.greatestAge(), null);
    requireClosedBy(verdict, stated);

    Map<Part, ByteString> files = new EnumMap<>(Part.class);
    files.put(Part.DOSSIER, dossier);
    files.put(Part.POLICY, ByteString.copyFrom(shown.policy().bytes()));
    addScript(files);
    TimeStamp stamp = null;
    if (service != null) {
      Stamped stamped = stamps.ask(service, dossier, console);
      files.put(Part.STAMP_REQUEST, stamped.request());
      files.put(Part.STAMP, stamped.response());
      stamp = stamped.stamp();
    }
    Evidence evidence = Evidence.of(dossier, shown.policy(), verdict, stated, stamp);
    files.put(Part.README, EvidenceReadme.text(evidence, new EvidencePackage(files)));
    EvidenceReport.Written report =
        EvidenceReport.write(evidence, new EvidencePackage(files), letters);
    files.put(Part.REPORT, ByteString.copyFrom(report.pdf()));
    files.put(
        Part.MANIFEST, Manifest.of(evidence.facts(), stated, new EvidencePackage(files)).bytes());
    byte[] archive = new EvidencePackage(files).zip();
    // What a reader would refuse must not be handed out.
    var _ = EvidencePackage.read(archive);
    Files.write(output, archive);
    tell(evidence, archive, report.missing(), console);
    return Exit.GOOD;
  }

  /** What is to be packed, once it is verified as of the stated time. */
  private record Shown(ByteString dossier, TrustPolicy policy) {}

  private Shown served(Instant from, Console console) throws Exception {
    Fetched fetched = asked.fetch(console, from);
    if (asOf != null) {
      requireClosedBy(fetched.dossier().verdict(), asOf);
    }
    return new Shown(fetched.dossier().bytes(), fetched.policy());
  }

  private Shown kept(Path file) throws IOException {
    byte[] bytes = OutsideFile.bytes(file, DossierVerifier.BYTES_MAX);
    return new Shown(ByteString.copyFrom(bytes), asked.requirePolicy());
  }

  private void tell(Evidence evidence, byte[] archive, int missing, Console console) {
    ObjectNode json = Verdicts.json(evidence.verdict(), false);
    json.put("asOf", evidence.asOf().toString());
    json.put("file", output.toString());
    json.put("bytes", archive.length);
    json.put("sha256", EvidencePackage.sha256(ByteString.copyFrom(archive)).hex());
    json.put("charactersWithoutFont", missing);
    EvidenceCheck.addStamp(json, evidence.stamp());
    console.result(json);
    Verdicts.lines(evidence.verdict(), console.paint()).forEach(console::say);
    EvidenceCheck.lines(evidence.asOf(), evidence.stamp()).forEach(console::say);
    console.say("  证据包 package     " + output + ", " + archive.length + " bytes");
    if (missing > 0) {
      console.note(
          missing
              + " characters are in none of the report's fonts and stand there as their numbers; --font"
              + " FILE adds a font.");
    }
  }

  private static Instant requireNotAhead(Instant stated) {
    if (stated.isAfter(Instant.now().plus(CLOCKS_DIFFER_BY))) {
      throw CommandException.usage("--as-of: " + stated + " is yet to come", "");
    }
    return stated;
  }

  private static void requireClosedBy(Verdict verdict, Instant stated) {
    if (verdict.closedAt().isAfter(stated.plus(CLOCKS_DIFFER_BY))) {
      throw CommandException.usage(
          "--as-of: the dossier is of a block that was closed at "
              + verdict.closedAt()
              + ", after "
              + stated,
          "A ledger serves what it published last. A dossier kept from then can be packed: --dossier.");
    }
  }

  private static void addScript(Map<Part, ByteString> files) throws IOException {
    try (InputStream script = EvidenceCommand.class.getResourceAsStream(SCRIPT)) {
      if (script != null) {
        files.put(Part.SCRIPT, ByteString.readFrom(script));
      }
    }
  }
}
