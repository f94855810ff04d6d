/// The only module with native access.
@org.jspecify.annotations.NullMarked
module trapline.linux {
  requires transitive trapline.core;
  requires static org.jspecify;
  requires java.net.http;
  requires org.tukaani.xz;

  exports trapline.linux.cause;
  exports trapline.linux.debuginfod;
  exports trapline.linux.files;
  exports trapline.linux.loader;
  exports trapline.linux.objects;
  exports trapline.linux.proc;
  exports trapline.linux.ptrace;
  exports trapline.linux.tracefs;
  exports trapline.linux.vm;
}
