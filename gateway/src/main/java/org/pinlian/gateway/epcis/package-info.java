/**
 * EPCIS documents in and out (ISO/IEC 19987): 2.0 as JSON-LD and XML, 1.2 as XML.
 *
 * <p>Each syntax is read into the same tree ({@link org.pinlian.gateway.epcis.Node}); one mapper
 * makes an {@link org.pinlian.gateway.epcis.EpcisEvent} of it, whose typed parts are the ledger's
 * own messages. The way out is the same in reverse. The canonical form of CBV 2.0, of which the
 * event hash is taken, is computed on the tree, so it cannot depend on the syntax.
 *
 * <p>Everything here is a pure function of bytes: no files, no network (a JSON-LD context is never
 * fetched), no state; safe for use by many threads.
 */
@NullMarked
package org.pinlian.gateway.epcis;

import org.jspecify.annotations.NullMarked;
