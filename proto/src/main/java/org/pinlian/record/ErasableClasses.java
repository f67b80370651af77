// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.pinlian.v1.SectionClass;

/**
 * Which sections may be erased before the retention date (formats.md A.1): those whose content no
 * rule reads, so that nothing that was judged by them has to be judged again. Constant.
 */
public final class ErasableClasses {
  private static final Set<SectionClass> ALL =
      Collections.unmodifiableSet(
          EnumSet.of(
              SectionClass.SECTION_CLASS_PERSONAL,
              SectionClass.SECTION_CLASS_SOURCE,
              SectionClass.SECTION_CLASS_ATTACHMENT));

  private ErasableClasses() {}

  public static boolean contains(SectionClass sectionClass) {
    return ALL.contains(sectionClass);
  }
}
