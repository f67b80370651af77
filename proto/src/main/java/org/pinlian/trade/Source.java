// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

/**
 * Where a row comes from.
 *
 * @param law by its name, as 食品安全法
 * @param article where in it; empty where the whole is meant
 */
public record Source(String law, String article, Certainty certainty) {
  public Source {
    if (law.isEmpty()) {
      throw new IllegalArgumentException("a row without a source");
    }
  }

  static Source read(String law, String article) {
    return new Source(law, article, Certainty.READ);
  }

  static Source known(String law, String article, Certainty certainty) {
    return new Source(law, article, certainty);
  }

  public String words() {
    return article.isEmpty() ? law : law + " " + article;
  }
}
