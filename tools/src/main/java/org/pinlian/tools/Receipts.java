// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.VerifiedCoseReceipt;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.merkle.InclusionProof;

/** Receipts as they are shown. All of them were verified, else there would be none. */
final class Receipts {
  private Receipts() {}

  static ObjectNode json(VerifiedReceipt receipt) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("index", receipt.index());
    json.put("submitter", receipt.header().getSubmitter());
    json.put(
        "submission", HexFormat.of().formatHex(receipt.header().getSubmissionId().toByteArray()));
    json.put("records", receipt.header().getRecordCount());
    json.put("sequencedAt", receipt.sequencedAt().toString());
    json.put("grade", receipt.grade().name().toLowerCase(Locale.ROOT));
    json.put("origin", receipt.checkpoint().origin());
    json.put("size", receipt.size());
    json.put("root", receipt.checkpoint().root().hex());
    json.put("leaf", receipt.leaf().hex());
    return json;
  }

  static ObjectNode json(VerifiedCoseReceipt receipt) {
    InclusionProof proof = receipt.receipt().proof();
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("index", proof.index());
    json.put("submitter", receipt.header().getSubmitter());
    json.put(
        "submission", HexFormat.of().formatHex(receipt.header().getSubmissionId().toByteArray()));
    json.put("records", receipt.header().getRecordCount());
    json.put("grade", Grade.PROMISED.name().toLowerCase(Locale.ROOT));
    json.put("origin", receipt.receipt().issuer());
    json.put("size", proof.size());
    json.put("sizeSigned", false);
    json.put("root", receipt.root().hex());
    json.put("leaf", receipt.leaf().hex());
    return json;
  }

  static List<String> lines(VerifiedCoseReceipt receipt) {
    InclusionProof proof = receipt.receipt().proof();
    return List.of(
        "  提交 submission    " + Paint.clean(receipt.receipt().subject()),
        "  根 root            " + receipt.root().hex(),
        "  账本 ledger        " + Paint.clean(receipt.receipt().issuer()),
        "  序号 index         " + proof.index() + " of " + proof.size() + ", 未签名 not signed");
  }

  static List<String> lines(VerifiedReceipt receipt) {
    return List.of(
        "  序号 index         " + receipt.index(),
        "  提交方 submitter   " + Paint.clean(receipt.header().getSubmitter()),
        "  提交 submission    "
            + HexFormat.of().formatHex(receipt.header().getSubmissionId().toByteArray())
            + ", "
            + receipt.header().getRecordCount()
            + " 条记录 records",
        "  收录 sequenced     " + StoryText.time(receipt.sequencedAt()) + " +08:00",
        "  等级 grade         "
            + (receipt.grade() == Grade.WITNESSED ? "有见证 witnessed" : "承诺 promised"),
        "  检查点 checkpoint  "
            + Paint.clean(receipt.checkpoint().origin())
            + ", size "
            + receipt.size());
  }
}
