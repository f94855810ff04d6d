/// The command line.
@org.jspecify.annotations.NullMarked
module trapline.app {
  requires trapline.engine;
  requires info.picocli;
  requires me.tongfei.progressbar;
}
