// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.util.List;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Role;

/** Everybody in the stories. Their keys are made anew for each ledger. */
public enum Actor {
  DISTRICT(
      "district",
      "uscc:11000000MA000004XW",
      "示例区市场监督管理局",
      AuthorityLevel.AUTHORITY_LEVEL_DISTRICT,
      Role.ROLE_AUTHORITY),
  CITY(
      "city",
      "uscc:11000000MA0000058W",
      "示例市市场监督管理局",
      AuthorityLevel.AUTHORITY_LEVEL_CITY,
      Role.ROLE_AUTHORITY),
  // 法制审核: whoever approves what the district orders.
  LEGAL(
      "legal",
      "uscc:11000000MA0000197K",
      "示例区法制审核机构",
      AuthorityLevel.AUTHORITY_LEVEL_DISTRICT,
      Role.ROLE_AUTHORITY),
  COOPERATIVE("cooperative", "uscc:93000000MA00000669", "示例笋农专业合作社", Role.ROLE_PRODUCER),
  COLLECTOR("collector", "uscc:91000000MA0000074A", "示例农产品批发市场蔬菜收购行", Role.ROLE_COLLECTOR),
  CANTEEN("canteen", "uscc:12000000MA0000082A", "示例实验小学食堂", Role.ROLE_CANTEEN),
  LICENCE_HOLDER("licence-holder", "uscc:91000000MA00000900", "示例生物制品厂", Role.ROLE_LICENCE_HOLDER),
  CARRIER("carrier", "uscc:91000000MA0000103M", "示例冷链运输公司", Role.ROLE_CARRIER),
  LOGGER("logger", "device:demo-logger-07", "示例车载温度记录仪07号", Role.ROLE_DEVICE),
  CLINIC("clinic", "uscc:12000000MA0000111M", "示例社区卫生服务中心", Role.ROLE_HOSPITAL),
  BALL_MAKER("ball-maker", "uscc:91000000MA000012X8", "示例肉丸食品厂", Role.ROLE_PROCESSOR),
  SHOP("shop", "uscc:91000000MA00001388", "示例生鲜超市", Role.ROLE_SHOP),
  FORMULA_MAKER("formula-maker", "uscc:91000000MA00001463", "示例乳业公司", Role.ROLE_PRODUCER),
  BABY_SHOP("baby-shop", "uscc:91000000MA0000154X", "示例母婴用品店", Role.ROLE_SHOP),
  DRUG_MAKER("drug-maker", "uscc:91000000MA0000162Q", "示例制药厂", Role.ROLE_LICENCE_HOLDER),
  // 药品批发企业: the role of whoever sells, which is what the law calls them too.
  WHOLESALER("wholesaler", "uscc:91000000MA0000170K", "示例医药批发公司", Role.ROLE_SHOP),
  HOSPITAL("hospital", "uscc:12000000MA0000189M", "示例人民医院", Role.ROLE_HOSPITAL);

  /** Nobody's region. */
  public static final String REGION = "000000";

  private final String fileName;

  @SuppressWarnings("ImmutableEnumChecker") // an enum constant and a string
  private final ParticipantId id;

  private final String displayName;
  private final AuthorityLevel level;
  private final Role role;

  Actor(String fileName, String id, String displayName, Role role) {
    this(fileName, id, displayName, AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED, role);
  }

  Actor(String fileName, String id, String displayName, AuthorityLevel level, Role role) {
    this.fileName = fileName;
    try {
      this.id = ParticipantId.parse(id);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
    this.displayName = displayName;
    this.level = level;
    this.role = role;
  }

  /** Name of its key's file, without the ending. */
  public String fileName() {
    return fileName;
  }

  public ParticipantId id() {
    return id;
  }

  public String displayName() {
    return displayName;
  }

  /** Of authorities; the others have none. */
  public AuthorityLevel level() {
    return level;
  }

  public Role role() {
    return role;
  }

  /** Authorities are named in genesis; the others are enrolled by one of them. */
  public boolean isAuthority() {
    return role == Role.ROLE_AUTHORITY;
  }

  public static List<Actor> authorities() {
    return List.of(DISTRICT, CITY, LEGAL);
  }
}
