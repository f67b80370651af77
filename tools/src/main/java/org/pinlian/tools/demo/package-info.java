// SPDX-License-Identifier: Apache-2.0
/**
 * The stories that {@code pinlian demo} plays: bamboo shoots from a co-operative to a school, a
 * vaccine at 2 to 8 degrees, beef balls made of imported beef, infant formula on a pallet, and a
 * drug by its 20-digit codes with the files that its maker and its buyers exchange.
 *
 * <p>Every firm, person, place, plate and number in here is made up. Codes of firms have region
 * 000000, which is nobody's; GS1 keys have the prefix 952, which GS1 keeps for examples.
 */
@NullMarked
package org.pinlian.tools.demo;

import org.jspecify.annotations.NullMarked;
