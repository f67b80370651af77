// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import org.pinlian.checkpoint.NoteException;
import org.pinlian.v1.Receipt;

/** How a receipt is written to a file of its own: a tlog-proof with the entry in its extra line. */
@FunctionalInterface
public interface ReceiptWriter {
  String text(Receipt receipt) throws NoteException;
}
