// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.drugfile.Bill;
import org.pinlian.gateway.drugfile.BillDrafts;
import org.pinlian.gateway.drugfile.BillFile;
import org.pinlian.gateway.drugfile.BillSettings;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.drugfile.DrugFileException;
import org.pinlian.gateway.drugfile.PackagingRelation;
import org.pinlian.gateway.drugfile.Partner;
import org.pinlian.gateway.drugfile.RelationDrafts;
import org.pinlian.gateway.drugfile.RelationSettings;
import org.pinlian.gateway.drugfile.Remark;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.Area;
import org.pinlian.v1.Counterparty;
import picocli.CommandLine.Option;

/** Files of the drug trade, and what they do not say themselves. */
final class DrugFileOptions {
  @Option(
      names = "--relation",
      paramLabel = "FILE",
      description = "关联关系 XML (schema 3.0): the codes of a batch, and what is in which pack.")
  private List<Path> relations = List.of();

  @Option(
      names = "--bill",
      paramLabel = "FILE",
      description =
          "单据 XML: a Bill, or Bills, with billCode, billType (102, 201 ...) and codes. Goods that a"
              + " participant has on offer are accepted.")
  private List<Path> bills = List.of();

  @Option(
      names = "--partner",
      paramLabel = "ID=WHO",
      description =
          "Who stands behind an enterprise id in a bill: a participant, as uscc:..., or the name of a"
              + " firm outside the ledger. Without it an id is a firm outside by that name.")
  private Map<String, String> partners = new LinkedHashMap<>();

  @Option(
      names = "--product-name",
      paramLabel = "NAME",
      description = "Of the goods in these files, which have only codes.")
  private String productName = "";

  @Option(names = "--origin", paramLabel = "REGION", description = "Where they were made.")
  private String origin = "";

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "County where it happened, six digits: what the public sees of where.")
  private String region = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "When the codes of a --relation were put on, as 2026-03-01T08:00:00+08:00 (default: now).")
  private @Nullable String at;

  boolean isGiven() {
    return !relations.isEmpty() || !bills.isEmpty();
  }

  /** Reads all, so that a fault in the last is known before the first is sent. */
  List<SubmissionFile> read(ParticipantId who) throws IOException {
    List<SubmissionFile> files = new ArrayList<>();
    for (Path file : relations) {
      files.add(relation(file, who));
    }
    for (Path file : bills) {
      files.add(bills(file, who));
    }
    return files;
  }

  private SubmissionFile relation(Path file, ParticipantId who) throws IOException {
    try {
      PackagingRelation relation =
          PackagingRelation.read(OutsideFile.bytes(file, OutsideFile.DOCUMENT_BYTES_MAX));
      RelationDrafts drafts =
          new RelationDrafts(
              relation, new RelationSettings(who, instant(), area(), productName, origin));
      return new SubmissionFile(file, _ -> drafts, relation::remarks, false);
    } catch (DrugFileException e) {
      throw unusable(file, e);
    }
  }

  private SubmissionFile bills(Path path, ParticipantId who) throws IOException {
    try {
      BillFile file = BillFile.read(OutsideFile.bytes(path, OutsideFile.DOCUMENT_BYTES_MAX));
      BillSettings settings = new BillSettings(who, partners(), area(), productName);
      List<BillDrafts> all = new ArrayList<>();
      for (Bill bill : file.bills()) {
        all.add(new BillDrafts(file, bill, settings));
      }
      return new SubmissionFile(
          path,
          session -> {
            List<DraftSubmission> submissions = new ArrayList<>();
            for (BillDrafts drafts : all) {
              submissions.addAll(drafts.submissions(OpenOffers.of(drafts, session)));
            }
            return submissions;
          },
          () -> {
            List<Remark> remarks = new ArrayList<>();
            all.forEach(drafts -> remarks.addAll(drafts.remarks()));
            return remarks;
          },
          true);
    } catch (DrugFileException e) {
      throw unusable(path, e);
    }
  }

  private static CommandException unusable(Path file, DrugFileException e) {
    return new CommandException(
        Exit.USAGE,
        e.reason().name(),
        file + ": " + e.getMessage(),
        "Nothing was sent. `pinlian submit --help` describes the files.");
  }

  private Map<String, Partner> partners() {
    Map<String, Partner> known = new LinkedHashMap<>();
    partners.forEach((id, who) -> {
      try {
        known.put(id, new Partner.Enrolled(ParticipantId.parse(who)));
      } catch (IdentifierException e) {
        known.put(id, new Partner.Outside(Counterparty.newBuilder().setName(who).build()));
      }
    });
    return known;
  }

  private Area area() {
    return Area.newBuilder().setRegion(region).build();
  }

  private Instant instant() {
    if (at == null) {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
    try {
      return OffsetDateTime.parse(at).toInstant();
    } catch (DateTimeException e) {
      throw CommandException.usage(
          "--at " + at + " is no instant with offset", "As 2026-03-01T08:00:00+08:00.");
    }
  }
}
