/** Who is calling, what that lets them call, and how fast. */
@NullMarked
package org.pinlian.gateway.access;

import org.jspecify.annotations.NullMarked;
