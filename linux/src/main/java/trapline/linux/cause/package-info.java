/// Looks up what on this machine made a call fail: the directory that refused, the process that
/// holds a port, the limit that was reached.
@NullMarked
package trapline.linux.cause;

import org.jspecify.annotations.NullMarked;
