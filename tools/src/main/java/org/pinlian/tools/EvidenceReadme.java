// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.EvidencePackage.Part;

/** The file that tells whoever unpacks evidence what to do with it. */
final class EvidenceReadme {
  private static final String HEAD =
      """
      溯源证据包
      ==========
      report.pdf      供人阅读的报告
      story.dossier   证据本身:陈述,以及核验它们所需的全部证明
      policy.txt      核验所依据的信任策略。请从他处另行取得一份并对照:伪造者自备的策略会使伪证成立
      manifest.json   其余各文件的 SHA-256;无人签名,仅用于发现损坏

      用 Pinlian 核验(离线):

        pinlian verify PACKAGE.zip --policy policy.txt

      """;

  private static final String SCRIPT_CHINESE =
      """
      不用 Pinlian 核验,只需 OpenSSL 3 与 Python 3 标准库(离线):

        sh verify-without-pinlian.sh --as-of %1$s story.dossier policy.txt

      该脚本可另行从项目源码 docs/ 取得,不必信任本包中的一份。

      """;

  private static final String STAMP_CHINESE =
      """
      核验第三方时间戳(RFC 3161),TSA-ROOT.pem 为时间戳机构的根证书,请向该机构索取:

        openssl ts -verify -queryfile time-stamp.tsq -in time-stamp.tsr -CAfile TSA-ROOT.pem
        openssl ts -query -in time-stamp.tsq -text
        openssl dgst -sha256 story.dossier

      第一条须显示 "Verification: OK";第二、三条的摘要须相同。时间戳机构的证书其后过期的,
      第一条加 -attime 秒数:`openssl ts -reply -in time-stamp.tsr -text` 所示时间,
      以 `date -u -d "时间" +%%s` 换算。

      """;

  private static final String HEAD_ENGLISH =
      """
      Evidence package
      ================
      report.pdf      a report for people
      story.dossier   the evidence: the statements, with every proof that is needed to check them
      policy.txt      whom the check trusts. Get a copy from elsewhere and compare: by a forger's policy a
                      forgery is good
      manifest.json   SHA-256 of all other files; signed by nobody, it shows damage and no more

      To check it with Pinlian, offline:

        pinlian verify PACKAGE.zip --policy policy.txt

      """;

  private static final String SCRIPT_ENGLISH =
      """
      To check it without, with OpenSSL 3 and Python 3's standard library alone, offline:

        sh verify-without-pinlian.sh --as-of %1$s story.dossier policy.txt

      The script is also in the project's source, in docs/: this copy need not be trusted.

      """;

  private static final String STAMP_ENGLISH =
      """
      To check the time stamp of a third party (RFC 3161); TSA-ROOT.pem is the root certificate of the
      time-stamping authority, from itself:

        openssl ts -verify -queryfile time-stamp.tsq -in time-stamp.tsr -CAfile TSA-ROOT.pem
        openssl ts -query -in time-stamp.tsq -text
        openssl dgst -sha256 story.dossier

      The first must say "Verification: OK", the hashes of the other two must be the same. Once the
      authority's certificates have expired, the first takes -attime SECONDS as well: the time that
      `openssl ts -reply -in time-stamp.tsr -text` shows, as `date -u -d "TIME" +%%s` puts it.

      """;

  private EvidenceReadme() {}

  /**
   * @param files of the package, which has a section for each that it may lack
   */
  static ByteString text(Evidence evidence, EvidencePackage files) {
    boolean script = files.file(Part.SCRIPT).isPresent();
    boolean stamp = files.file(Part.STAMP).isPresent();
    return ByteString.copyFromUtf8(
        (HEAD
                + (script ? SCRIPT_CHINESE : "")
                + (stamp ? STAMP_CHINESE : "")
                + "本包所述时间 %1$s;对象 %2$s;账本 %3$s\n\n\n"
                + HEAD_ENGLISH
                + (script ? SCRIPT_ENGLISH : "")
                + (stamp ? STAMP_ENGLISH : "")
                + "Stated time %1$s; subject %2$s; ledger %3$s\n")
            .formatted(
                evidence.asOf(),
                Paint.clean(evidence.verdict().asked()),
                Paint.clean(evidence.verdict().checkpoint().origin())));
  }
}
