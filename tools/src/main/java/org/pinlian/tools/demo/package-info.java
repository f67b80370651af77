// SPDX-License-Identifier: Apache-2.0
/**
 * Two stories that {@code pinlian demo} plays: bamboo shoots from a co-operative to a school, and a
 * vaccine kept at 2 to 8 degrees from its holder to a clinic.
 *
 * <p>Every firm, person, place, plate and number in here is made up. Codes of firms have region
 * 000000, which is nobody's; GS1 keys have the prefix 952, which GS1 keeps for examples.
 */
@NullMarked
package org.pinlian.tools.demo;

import org.jspecify.annotations.NullMarked;
