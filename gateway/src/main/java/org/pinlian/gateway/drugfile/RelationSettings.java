// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.time.Instant;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.Area;

/**
 * What a 关联关系 file does not say.
 *
 * @param maker who signs: the goods are its own
 * @param packedAt when the codes were put on and the packs filled
 * @param area county and role of where; the default instance if not to be stated
 * @param productName empty if not to be stated
 * @param origin six digits of a region, or two letters of a country; empty if not to be stated
 */
public record RelationSettings(
    ParticipantId maker, Instant packedAt, Area area, String productName, String origin) {}
