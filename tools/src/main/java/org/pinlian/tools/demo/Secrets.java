// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Every text that the stories put into a restricted section. Whoever checks that nothing leaks
 * looks for these, so a text goes into a section only through here.
 */
public final class Secrets {
  private final Set<String> texts = new LinkedHashSet<>();

  /** Notes the text and returns it. */
  String of(String text) {
    texts.add(text);
    return text;
  }

  public List<String> texts() {
    return List.copyOf(texts);
  }
}
