// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.util.ArrayList;
import java.util.List;

/** Gathers remarks, the first few of them. Used by one thread. */
final class Remarks {
  private final List<Remark> remarks = new ArrayList<>();
  private int more;

  void add(int line, String text) {
    if (remarks.size() < Remark.REMARKS_MAX) {
      remarks.add(new Remark(line, DrugFileException.bounded(text)));
    } else {
      more++;
    }
  }

  /** In the order of the file. */
  List<Remark> list() {
    List<Remark> all = new ArrayList<>(remarks);
    if (more > 0) {
      all.add(new Remark(0, "and " + more + " remarks more"));
    }
    return List.copyOf(all);
  }
}
