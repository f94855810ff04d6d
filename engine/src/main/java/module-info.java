/// Follows programs, and finds out why calls failed: everything but the command line.
@org.jspecify.annotations.NullMarked
module trapline.engine {
  requires transitive trapline.core;
  requires transitive trapline.linux;
  requires static org.jspecify;
  requires org.tukaani.xz;

  exports trapline;
  exports trapline.follow;
  exports trapline.index;
  exports trapline.libc;
  exports trapline.libc.build;
  exports trapline.run;
  exports trapline.why;
}
