// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.Verdict.Completeness;
import org.pinlian.dossier.Verdict.LeftOut;
import org.pinlian.dossier.Verdict.LineCount;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.tools.evidence.EvidenceException;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.ReportPages;
import org.pinlian.v1.LineRole;

/**
 * The report for people in an evidence package, Chinese first. It tells what was verified and
 * nothing else; of each statement the public part. Restricted parts that the view shows are named
 * and not printed: a page is passed on more lightly than a file.
 */
final class EvidenceReport {
  private static final int VALUE_CHARACTERS_MAX = 400;
  private static final int FACTS_MAX = 40;
  private static final int LISTED_MAX = 200;
  private static final List<Float> COLUMNS = List.of(0.17f, 0.27f, 0.34f, 0.22f);

  private final Evidence evidence;
  private final Verdict verdict;
  private final ReportPages pages;

  private EvidenceReport(Evidence evidence, ReportPages pages) {
    this.evidence = evidence;
    this.verdict = evidence.verdict();
    this.pages = pages;
  }

  /**
   * @param missing how many characters no font has: each stands there as its number
   */
  @SuppressWarnings("ArrayRecordComponent") // just made, written and forgotten
  record Written(byte[] pdf, int missing) {}

  /**
   * @param files the others of the package
   * @param font for characters that the fonts built in lack; null for none
   * @throws EvidenceException if that font cannot be used
   */
  static Written write(Evidence evidence, EvidencePackage files, byte @Nullable [] font)
      throws EvidenceException {
    String title = "溯源证据报告 Evidence report";
    try (ReportPages pages = new ReportPages(title, evidence.asOf(), font)) {
      EvidenceReport report = new EvidenceReport(evidence, pages);
      pages.title(title);
      report.orders();
      report.asked();
      report.verdict();
      report.checkpoint();
      report.files(files);
      report.statements();
      report.notShown();
      report.limits();
      byte[] pdf =
          pages.finish(
              Paint.clean(evidence.verdict().asked()) + "  截至 as of " + utc(evidence.asOf()));
      return new Written(pdf, pages.missing().size());
    }
  }

  /** Before everything else, if there are any. */
  private void orders() {
    List<OrderStanding> orders = OrderStanding.of(verdict);
    if (orders.isEmpty()) {
      return;
    }
    pages.heading("召回与监管指令 Orders on these goods");
    for (OrderStanding order : orders) {
      pages.item(clean(OrderWords.state(order) + ": " + OrderWords.sentence(order)));
    }
  }

  // What was asked, and the answer
  // -----------------------------------------------------------------

  private void asked() {
    pages.heading("1  所问 What was asked");
    pair("对象 subject", verdict.asked());
    pair("视图 view", viewInWords());
    pair("所述时间 stated time", time(evidence.asOf()));
    pair("账本 ledger", verdict.checkpoint().origin());
    evidence.policy().genesis().ifPresent(genesis -> pair("创世条目 genesis", genesis.hex()));
    pair("账本称汇编于 assembled, as the ledger says", time(verdict.assembledAt()));
  }

  private String viewInWords() {
    return switch (verdict.view()) {
      case VIEW_CONSUMER -> "公众可见 consumer: what anybody may see";
      case VIEW_PARTNER -> "交易方可见 partner: what a participant may see";
      case VIEW_REGULATOR -> "监管可见 regulator: what an authority may see";
      case VIEW_UNSPECIFIED, UNRECOGNIZED -> Verdicts.view(verdict);
    };
  }

  private void verdict() {
    pages.heading("2  核验结论 What the verifier found");
    pages.item(
        "未被篡改 Unaltered. 以下 "
            + verdict.statements().size()
            + " 条陈述的每一项摘要、所显示的签名、日志收录和链都已核验,全部成立。Of the statements below every digest,"
            + " every signature shown, the inclusion in the log and all chains were verified, and hold.");
    pages.item(completeness());
    long earlier = verdict.earlierNotShown();
    if (earlier > 0) {
      pages.item(
          "此前 "
              + earlier
              + " 条陈述未列出,故不可称为完整。"
              + earlier
              + " earlier statements are not shown: this is not the complete story.");
    }
    pages.item(signers());
    if (evidence.policy().quorum().equals(TrustPolicy.NONE)) {
      pages.item(
          "信任策略不要求任何见证方:账本未向他人出示另一历史,以及所述时间,仅凭账本之言。The policy asks nobody to"
              + " cosign: that the ledger tells everybody the same, and when, is its word alone.");
    } else {
      pages.item(
          "信任策略所要求的见证方已联署。The cosigners that the policy asks for have cosigned, within the age"
              + " allowed before the stated time.");
    }
    verdict
        .lagSince()
        .ifPresent(since ->
            pages.item(
                "链头图滞后:自 "
                    + time(since)
                    + " 起提交的内容尚未计入。The heads map lags: what was submitted since then is not in"
                    + " it."));
    stamp();
  }

  private String completeness() {
    return switch (verdict.completeness()) {
      case PROVED ->
          "完整,经审计方证明 Complete, proved by auditors. 第 "
              + verdict.block()
              + " 区块的链头图中关于所列对象的全部陈述都在此,审计方已由日志重算该图。These are all statements in the heads map"
              + " of this block on the subjects listed, and auditors made that map again from the log.";
      case COMMITTED_ONLY ->
          "完整,仅账本承诺 Complete, committed only. 第 "
              + verdict.block()
              + " 区块的链头图中关于所列对象的全部陈述都在此;该图无遗漏仅凭账本之言。These are all statements in the heads map of"
              + " this block on the subjects listed; that the map leaves nothing out is the ledger's word.";
      case NOT_PROVIDED -> "完整性未提供 Completeness not provided. 该区块没有链头图。The block has no heads map.";
    };
  }

  private String signers() {
    long withheld = verdict.signersWithheld();
    String shown =
        (verdict.statements().size() - withheld) + " 条陈述的签名者已显示并核验 signers shown and verified";
    if (withheld == 0) {
      return shown + ".";
    }
    return shown
        + "; "
        + withheld
        + " 条按视图未显示签名者 withheld by the view, "
        + (verdict.completeness() == Completeness.PROVED
            ? "由审计方担保 vouched for by the auditors."
            : "未核验 not checked.");
  }

  private void stamp() {
    if (evidence.stamp() == null) {
      pages.item(
          "无第三方时间戳:所述时间由制作者自述。No time stamp of a third party: the stated time is the word of"
              + " whoever made this package.");
      return;
    }
    pages.item(
        "时间戳 RFC 3161 time stamp: story.dossier 已存在于 existed at "
            + time(evidence.stamp().at())
            + ", "
            + Paint.clean(evidence.stamp().authority())
            + "; "
            + (evidence.stamp().trusted()
                ? "证书链至所给根证书,未查吊销 its certificate leads to a root that was given, revocation not"
                    + " asked about."
                : "证书未对照任何根证书 its certificate was not checked against a root."));
  }

  private void checkpoint() {
    pages.heading("3  检查点 Checkpoint");
    pair("大小 size", Long.toString(verdict.checkpoint().size()));
    pair("根 root", verdict.checkpoint().root().hex());
    pair("区块 block", Long.toString(verdict.block()));
    pair("区块时间(账本所述) closed, as the ledger says", time(verdict.closedAt()));
    pair("见证方 witnesses", cosigners(verdict.witnesses().stream().sorted().toList()));
    pair("审计方 auditors", cosigners(verdict.auditors().stream().sorted().toList()));
  }

  private String cosigners(List<String> names) {
    if (names.isEmpty()) {
      return "无 none";
    }
    List<String> said = new ArrayList<>();
    for (String name : names) {
      Instant at = evidence.cosigned().get(name);
      said.add(name + (at == null ? "" : " (" + time(at) + ")"));
    }
    return names.size() + ": " + String.join("; ", said);
  }

  private void files(EvidencePackage files) {
    pages.heading("4  文件 Files of this package, SHA-256");
    files
        .files()
        .forEach((part, bytes) -> pair(part.fileName(), EvidencePackage.sha256(bytes).hex()));
    pages.paragraph("manifest.json 另列本报告之摘要。manifest.json lists these and this report.");
  }

  // Statements
  // -------------------------------------------------------------------------------------

  private void statements() {
    pages.heading("5  陈述 Statements, in the order of the log");
    if (verdict.statements().isEmpty()) {
      pages.paragraph(
          "账本中没有关于该对象的任何陈述。The ledger has no statement on this subject; that is what was asked and"
              + " answered.");
      return;
    }
    pages.paragraph("时间均为 +08:00,为签署方或账本所述。Times are +08:00, as the signers or the ledger say.");
    pages.tableRow(
        COLUMNS,
        List.of(
            List.of("何时、序号 when, index"),
            List.of("种类、签署方 kind, who signed"),
            List.of("公开内容 public facts"),
            List.of("未显示 not shown")));
    for (Statement statement : verdict.statements()) {
      pages.tableRow(
          COLUMNS, List.of(when(statement), who(statement), facts(statement), hidden(statement)));
    }
    pages.rule();
  }

  private static List<String> when(Statement statement) {
    List<String> when = new ArrayList<>();
    when.add("[" + statement.place() + "]");
    PublicFacts.happenedAt(statement.publicPart())
        .ifPresent(at -> when.add(StoryText.time(at) + " 所述 said"));
    Instant taken = statement.sequencedAt();
    when.add(taken == null ? "收录时间未显示 taken: not shown" : StoryText.time(taken) + " 收录 taken");
    return when;
  }

  private static List<String> who(Statement statement) {
    List<String> who = new ArrayList<>();
    who.add(
        Words.kind(statement.kind().getNumber()) + clean(PublicFacts.gist(statement.publicPart())));
    Signer signer = statement.signer();
    if (signer == null) {
      who.add("签名者未显示 signer withheld");
    } else {
      who.add(clean(StoryText.signer(signer)));
      who.add(clean(signer.participant()));
    }
    Signer gateway = statement.attestedBy();
    if (gateway != null) {
      who.add("由网关代签 attested by gateway " + clean(gateway.participant()));
    }
    if (statement.doubtful()) {
      who.add("存疑:密钥后被吊销 doubtful: the key was later revoked as compromised");
    }
    if (statement.mayApply()) {
      who.add("关于整批,可能适用于本件 about the whole lot: may apply to this unit");
    }
    who.add("摘要 digest " + statement.digest().hex());
    return who;
  }

  private static List<String> facts(Statement statement) {
    List<String> said = new ArrayList<>();
    if (statement.publicPart() != null) {
      for (PublicFacts.Fact fact : PublicFacts.of(statement.publicPart())) {
        said.add(fact.name() + ": " + clean(fact.value()));
      }
    }
    for (StoryLine line : statement.lines()) {
      if (line.subject() != null) {
        said.add(role(line.role()) + ": " + clean(line.subject()));
      }
    }
    if (said.size() > FACTS_MAX) {
      int more = said.size() - FACTS_MAX;
      said.subList(FACTS_MAX, said.size()).clear();
      said.add("… 另有 " + more + " 项,见 story.dossier. " + more + " more, in story.dossier");
    }
    return said;
  }

  private static List<String> hidden(Statement statement) {
    List<String> hidden = new ArrayList<>();
    if (statement.publicPart() == null) {
      hidden.add("公开部分未显示 public part withheld");
    }
    for (StorySection section : statement.sections()) {
      String name = Words.plain(section.sectionClass());
      if (section.content() != null) {
        hidden.add(name + ": 见 story.dossier,未印出 shown there, not printed here");
      } else if (section.erasedAsTold()) {
        hidden.add(name + ": " + erased(section.erasure()));
      } else {
        hidden.add(name + ": 未显示 withheld");
      }
    }
    for (LineCount count : statement.counts()) {
      long text =
          statement.lines().stream()
              .filter(line -> line.role().getNumber() == count.role() && line.subject() != null)
              .count();
      if (text < count.count()) {
        LineRole role = LineRole.forNumber(count.role());
        hidden.add(
            (role == null ? "role " + count.role() : role(role))
                + ": "
                + count.count()
                + " 行中列出 "
                + text
                + ", "
                + text
                + " of "
                + count.count()
                + " lines shown");
      }
    }
    return hidden;
  }

  private long erased() {
    return verdict.statements().stream()
        .flatMap(statement -> statement.sections().stream())
        .filter(StorySection::erasedAsTold)
        .count();
  }

  private static String erased(@Nullable StoryErasure erasure) {
    return erasure == null
        ? "账本称已依法删除 erased, as the ledger says"
        : "已依法删除 erased: "
            + clean(erasure.law() + " " + erasure.article())
            + "; "
            + erasure.erasure()
            + ", 核准 approved "
            + erasure.approval();
  }

  private static String role(LineRole role) {
    return switch (role) {
      case LINE_ROLE_OBJECT -> "货物 object";
      case LINE_ROLE_PARENT -> "容器 parent";
      case LINE_ROLE_CHILD -> "内装 child";
      case LINE_ROLE_INPUT -> "投入 input";
      case LINE_ROLE_OUTPUT -> "产出 output";
      case LINE_ROLE_LOT -> "批 lot";
      case LINE_ROLE_ALIAS -> "同一货物 alias";
      case LINE_ROLE_PLACE -> "场所 place";
      case LINE_ROLE_CERTIFICATE -> "合格证 certificate";
      case LINE_ROLE_KEYS -> "密钥 keys";
      case LINE_ROLE_RECORD -> "所涉记录 record";
      case LINE_ROLE_LOOK_UPS -> "查询 look-ups";
      case LINE_ROLE_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  // What is not there
  // ------------------------------------------------------------------------------

  private void notShown() {
    pages.heading("6  未显示、已删除、未追踪 Withheld, erased, not followed");
    pair("签名者未显示 signers withheld", Long.toString(verdict.signersWithheld()));
    pair("部分未显示 parts withheld", Long.toString(verdict.partsWithheld()));
    pair("已删除 erased", Long.toString(erased()));
    pair("未公开的投入品 inputs not published", Long.toString(verdict.inputsNotPublished()));
    pair("追踪步数上限 followed for", verdict.maxDepth() + " 步 steps from the subject asked for");
    pair("未追踪 not followed", verdict.leftOut().isEmpty() ? "无 none" : leftOut());
    listed(
        verdict.leftOut().stream()
            .map(left -> name(left) + ": " + Verdicts.why(left.reason()))
            .toList());
    pages.paragraph("以下对象已追踪 Subjects that were followed:");
    listed(verdict.chains().stream().map(EvidenceReport::chain).toList());
  }

  private void listed(List<String> lines) {
    lines.stream().limit(LISTED_MAX).forEach(line -> pages.item(clean(line)));
    if (lines.size() > LISTED_MAX) {
      int more = lines.size() - LISTED_MAX;
      pages.item("… 另有 " + more + " 个 " + more + " more, in story.dossier");
    }
  }

  private String leftOut() {
    Map<String, Integer> counts = new TreeMap<>();
    verdict.leftOut().forEach(left -> counts.merge(Verdicts.why(left.reason()), 1, Integer::sum));
    List<String> said = new ArrayList<>();
    counts.forEach((why, count) -> said.add(count + " " + why));
    return String.join(", ", said);
  }

  private static String name(LeftOut left) {
    return left.subject().isEmpty() ? left.key().hex() : left.subject();
  }

  private static String chain(ProvenChain chain) {
    String name = chain.subject().isEmpty() ? chain.key().hex() : chain.subject();
    if (chain.records().isEmpty()) {
      return name + ": 无陈述 no statement";
    }
    return name
        + ": "
        + chain.records().size()
        + " 条陈述 statements"
        + (chain.first() > 1 ? ", 自第 from link " + chain.first() : "")
        + ", 通知 notices "
        + chain.notices().size();
  }

  private void limits() {
    pages.heading("7  本报告不证明什么 What this does not prove");
    pages.item(
        "不证明陈述属实。它证明陈述由谁签署(如已显示)、以何次序收录、此后未被改动,以及第 2 节所述程度的无遗漏。It"
            + " does not prove that a true statement was made. It proves who signed it, where that is shown, in"
            + " which order the log took it, that it was not altered since and, as far as section 2 says, that"
            + " nothing was left out.");
    pages.item(
        "不涉及其他账本、从未提交的陈述、从未关联的货物。Not covered: other ledgers, statements that were never"
            + " admitted, goods that were never linked to these.");
    pages.item(
        "容器自货物放入的那条记录起追踪;货物放入之前该容器曾被装入何处,不作查找。A container is followed from the"
            + " record that put the goods in: what it had been loaded into before the goods came is not looked"
            + " for.");
    pages.item(
        "不证明手中货物就是编码所指货物:编码可被复制。It does not prove that goods in hand are those that the code"
            + " names: codes can be copied.");
    pages.item(
        "见证与审计的份量取决于信任策略所列各方是谁;请另行取得策略并与 policy.txt 对照。What witnesses and"
            + " auditors are worth depends on who they are: get the policy from elsewhere and compare it with"
            + " policy.txt.");
    pages.item("自行核验方法见 README.txt。How to check all of this yourself: README.txt.");
    pages.item(
        "除 story.dossier 中可核验的内容外,本报告文字本身不是证据。The words of this report are no"
            + " evidence themselves; what can be verified is in story.dossier.");
  }

  // Words
  // ------------------------------------------------------------------------------------------

  private void pair(String name, String value) {
    pages.pair(name, clean(value));
  }

  private static String clean(String text) {
    String clean = Paint.clean(text);
    int points = clean.codePointCount(0, clean.length());
    return points <= VALUE_CHARACTERS_MAX
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, VALUE_CHARACTERS_MAX)) + "…";
  }

  private static String time(Instant at) {
    return StoryText.time(at) + " +08:00 (" + utc(at) + ")";
  }

  private static String utc(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
