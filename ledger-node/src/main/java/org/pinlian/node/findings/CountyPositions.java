// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where counties lie, for saying that one thing cannot have been in two of them. Seats of
 * government to a tenth of a degree and how far the area reaches from there: general knowledge,
 * wants confirming. A county that has no row has its city's, and else its province's, with a reach
 * that makes it say little. What is in no row is nowhere.
 */
final class CountyPositions {
  /** An airliner with the goods on board: nothing in trade is faster. */
  static final int KILOMETRES_AN_HOUR = 900;

  private static final double EARTH_KILOMETRES = 6371;

  /**
   * A place.
   *
   * @param reach kilometres from there to the farthest corner of the area
   */
  record Position(double latitude, double longitude, int reach) {}

  private static final Map<String, Position> ROWS =
      Map.ofEntries(
          Map.entry("445202", new Position(23.5, 116.4, 40)),
          Map.entry("445203", new Position(23.6, 116.4, 50)),
          Map.entry("445222", new Position(23.4, 115.8, 60)),
          Map.entry("445224", new Position(23.0, 116.3, 60)),
          Map.entry("445281", new Position(23.3, 116.2, 60)),
          Map.entry("4401", new Position(23.1, 113.3, 120)),
          Map.entry("4403", new Position(22.5, 114.1, 70)),
          Map.entry("4405", new Position(23.4, 116.7, 70)),
          Map.entry("4451", new Position(23.7, 116.6, 90)),
          Map.entry("4452", new Position(23.4, 116.1, 110)),
          Map.entry("11", new Position(39.9, 116.4, 150)),
          Map.entry("12", new Position(39.1, 117.2, 150)),
          Map.entry("31", new Position(31.2, 121.5, 120)),
          Map.entry("44", new Position(23.1, 113.3, 450)),
          Map.entry("46", new Position(20.0, 110.3, 300)),
          Map.entry("51", new Position(30.7, 104.1, 750)),
          Map.entry("23", new Position(45.8, 126.5, 950)),
          Map.entry("65", new Position(43.8, 87.6, 1500)));

  private CountyPositions() {}

  static @Nullable Position of(String region) {
    for (int digits = region.length(); digits >= 2; digits -= 2) {
      Position position = ROWS.get(region.substring(0, digits));
      if (position != null) {
        return position;
      }
    }
    return null;
  }

  /** The least way from somewhere in the one area to somewhere in the other; 0 where unknown. */
  static int kilometresAtLeast(String from, String to) {
    Position a = of(from);
    Position b = of(to);
    if (a == null || b == null || from.equals(to)) {
      return 0;
    }
    double latitudes = StrictMath.toRadians(b.latitude() - a.latitude());
    double longitudes = StrictMath.toRadians(b.longitude() - a.longitude());
    double half =
        StrictMath.pow(StrictMath.sin(latitudes / 2), 2)
            + StrictMath.cos(StrictMath.toRadians(a.latitude()))
                * StrictMath.cos(StrictMath.toRadians(b.latitude()))
                * StrictMath.pow(StrictMath.sin(longitudes / 2), 2);
    double between = 2 * EARTH_KILOMETRES * StrictMath.asin(StrictMath.sqrt(half));
    return (int) Math.max(0, between - a.reach() - b.reach());
  }
}
