/// The command line.
@org.jspecify.annotations.NullMarked
module trapline.app {
  requires trapline.core;
  requires trapline.linux;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.tukaani.xz;
}
