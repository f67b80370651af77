// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

/**
 * What an auditor's cosignature states, rule by rule. The names are for programs and never change.
 */
public enum Rule {
  FEED_MALFORMED("what the ledger sends cannot be read", "账本发送的数据无法读取"),
  ENTRY_MISSING("entries come in order, none left out", "条目应连续,不得缺失"),
  WITHHELD("what says whose key is good is shown whole", "登记、换钥、吊销等记录必须完整出示"),
  ENTRY_NOT_CANONICAL("entry bytes are canonical", "条目字节必须规范"),
  GENESIS("the first entry, and no other, is the genesis of the policy", "首条(且仅首条)为策略所列创世条目"),
  TIME_RUNS_BACK("sequenced_at never decreases", "排序时间不得倒退"),
  HEADER_NOT_CANONICAL("header bytes are canonical", "提交头字节必须规范"),
  OTHER_LEDGER("a header is for this ledger", "提交头必须指明本账本"),
  EXPIRED("nothing is sequenced after its not_after", "逾期的提交不得入账"),
  RECORD_COUNT("as many records as the header says", "记录数与提交头一致"),
  SUBMISSION_ID_TWICE("no submission id twice", "同一提交编号不得两次入账"),
  KEY_NOT_VALID("the key was enrolled and not revoked there", "签名密钥当时必须已登记且未吊销"),
  WRONG_SUBMITTER("the key is the submitter's", "签名密钥必须属于提交者"),
  BAD_SIGNATURE("the signature is good", "签名必须有效"),
  ROLE_NOT_ALLOWED("the signer's roles open the kind", "签署者角色必须有权提交该类记录"),
  ATTESTATION("an attestation opens the header's digest", "代签声明必须与提交头摘要一致"),
  DELEGATION("a gateway signs under a delegation in force", "代签须在有效委托范围内"),
  RECORD_MALFORMED("a skeleton is well formed", "记录骨架必须规范"),
  UNKNOWN_KIND("the kind is one of the table", "记录类别必须在表内"),
  LINE_ROLE_NOT_ALLOWED("the kind may have lines of that role", "该类记录不得有此角色的明细行"),
  RECORDS_ROOT("records_root opens to the skeletons", "记录根必须与各记录骨架一致"),
  KEYS_RECORD("what changes keys is allowed to", "变更密钥的记录必须合规"),
  BLOCK_NUMBER("blocks are numbered one after the other", "区块编号必须连续"),
  BLOCK_PREVIOUS("a block names the one before", "区块必须指明前一区块"),
  BLOCK_COVERS("a block covers all entries before it", "区块必须覆盖此前全部条目"),
  BLOCK_CLOSED_AT("a block closes when it is sequenced", "区块关闭时间即排序时间"),
  HEADS_SIZE("heads_size is what an earlier block covers", "链头图规模必须等于某一更早区块的覆盖数"),
  HEADS_SIZE_GOES_BACK("heads_size never decreases", "链头图规模不得减小"),
  HEADS_ROOT("heads_root is that of all chains below heads_size", "链头图根必须与全部链重算一致"),
  LAG_SINCE("lag_since is the time of the first submission not in the map", "滞后起点必须是首个未入图提交的时间"),
  CHECKPOINT_SIGNATURE("a checkpoint is signed by the log", "检查点必须由本账本签名"),
  CHECKPOINT_ROOT("a checkpoint has the root of the entries", "检查点的根必须与条目重算一致"),
  FORK("the entries are those of what was cosigned before", "条目必须与此前已会签的检查点一致"),
  SHRUNK("the log is never smaller than what was cosigned", "账本不得小于此前已会签的规模");

  private final String english;
  private final String chinese;

  Rule(String english, String chinese) {
    this.english = english;
    this.chinese = chinese;
  }

  /** What holds in an honest ledger. */
  public String english() {
    return english;
  }

  /** The same, for whoever reads Chinese. */
  public String chinese() {
    return chinese;
  }
}
